// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;

/**
 * Makes key pairs in a token. The private key stays there: sensitive and not extractable.
 *
 * @param label CKA_LABEL of both halves
 * @param id CKA_ID of both halves
 */
public record TokenKeyMaker(TokenSession session, String label, Bytes id) {
  private static final Bytes F4 = Bytes.fromHex("010001");

  /** An RSA key pair with the exponent 65537. */
  public TokenPrivateKey rsa(int bits) throws IOException {
    var publicKey =
        publicKey().add(Attribute.CKA_MODULUS_BITS, bits).add(Attribute.CKA_PUBLIC_EXPONENT, F4);
    return generate(Mechanism.CKM_RSA_PKCS_KEY_PAIR_GEN, publicKey);
  }

  /** A key pair on this named curve. */
  public TokenPrivateKey ec(ASN1ObjectIdentifier curve) throws IOException {
    return generate(
        Mechanism.CKM_EC_KEY_PAIR_GEN,
        publicKey().add(Attribute.CKA_EC_PARAMS, Bytes.copyOf(curve.getEncoded())));
  }

  /** An Ed25519 key pair. PKCS #11 3.0, 2.3.10: the curve by its name. */
  public TokenPrivateKey ed25519() throws IOException {
    return generate(
        Mechanism.CKM_EC_EDWARDS_KEY_PAIR_GEN,
        publicKey()
            .add(
                Attribute.CKA_EC_PARAMS,
                Bytes.copyOf(new DERPrintableString("edwards25519").getEncoded())));
  }

  private TokenPrivateKey generate(Mechanism mechanism, Template publicKey) throws IOException {
    return new TokenPrivateKey(session, session.generate(mechanism, publicKey, privateKey()));
  }

  private Template publicKey() {
    return new Template()
        .add(Attribute.CKA_TOKEN, true)
        .add(Attribute.CKA_VERIFY, true)
        .add(Attribute.CKA_LABEL, Bytes.utf8(label))
        .add(Attribute.CKA_ID, id);
  }

  private Template privateKey() {
    return new Template()
        .add(Attribute.CKA_TOKEN, true)
        .add(Attribute.CKA_PRIVATE, true)
        .add(Attribute.CKA_SENSITIVE, true)
        .add(Attribute.CKA_EXTRACTABLE, false)
        .add(Attribute.CKA_SIGN, true)
        .add(Attribute.CKA_LABEL, Bytes.utf8(label))
        .add(Attribute.CKA_ID, id);
  }
}
