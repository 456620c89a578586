// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.BigIntegers;

/**
 * The algorithm of JSON Web Signatures that the Notary Project's specification gives to a key: by
 * the size of an RSA key, by the curve of an EC key. RFC 7518, section 3. A key has one; what a
 * header says must be that.
 */
public enum JwsAlgorithm {
  PS256(HashAlgorithm.SHA256, 2048),
  PS384(HashAlgorithm.SHA384, 3072),
  PS512(HashAlgorithm.SHA512, 4096),
  ES256(HashAlgorithm.SHA256, 256),
  ES384(HashAlgorithm.SHA384, 384),
  ES512(HashAlgorithm.SHA512, 521);

  private final HashAlgorithm hash;
  private final int keyBits;

  JwsAlgorithm(HashAlgorithm hash, int keyBits) {
    this.hash = hash;
    this.keyBits = keyBits;
  }

  public static Optional<JwsAlgorithm> of(SubjectPublicKeyInfo key) {
    var oid = key.getAlgorithm().getAlgorithm();
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      var curve = key.getAlgorithm().getParameters();
      if (X9ObjectIdentifiers.prime256v1.equals(curve)) {
        return Optional.of(ES256);
      }
      if (SECObjectIdentifiers.secp384r1.equals(curve)) {
        return Optional.of(ES384);
      }
      return SECObjectIdentifiers.secp521r1.equals(curve) ? Optional.of(ES512) : Optional.empty();
    }
    return oid.equals(PKCSObjectIdentifiers.rsaEncryption) ? rsa(key) : Optional.empty();
  }

  private static Optional<JwsAlgorithm> rsa(SubjectPublicKeyInfo key) {
    int bits;
    try {
      bits = RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return Arrays.stream(values()).filter(a -> !a.ecdsa() && a.keyBits == bits).findFirst();
  }

  private boolean ecdsa() {
    return this == ES256 || this == ES384 || this == ES512;
  }

  public SignatureAlgorithm algorithm() {
    return ecdsa() ? new SignatureAlgorithm.Ecdsa(hash) : SignatureAlgorithm.RsaPss.of(hash);
  }

  /** The form in a JWS: ECDSA as r and s of the curve's size, one after the other. */
  public Bytes fromDer(Bytes signature) {
    if (!ecdsa()) {
      return signature;
    }
    var sequence = ASN1Sequence.getInstance(signature.toArray());
    return Bytes.concat(part(sequence, 0), part(sequence, 1));
  }

  private Bytes part(ASN1Sequence sequence, int index) {
    var value = ASN1Integer.getInstance(sequence.getObjectAt(index)).getPositiveValue();
    return Bytes.copyOf(BigIntegers.asUnsignedByteArray(partSize(), value));
  }

  private int partSize() {
    return (keyBits + 7) / 8;
  }

  /** The form that {@link SignatureAlgorithm} has: ECDSA as DER. */
  Bytes toDer(Bytes signature) throws FormatException {
    if (!ecdsa()) {
      return signature;
    }
    int size = partSize();
    if (signature.size() != 2 * size) {
      throw new FormatException(
          "JWS",
          0,
          "%s signature of %d bytes, expected %d".formatted(name(), signature.size(), 2 * size));
    }
    var parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(new BigInteger(1, signature.slice(0, size).toArray())));
    parts.add(new ASN1Integer(new BigInteger(1, signature.slice(size, 2 * size).toArray())));
    try {
      return Bytes.copyOf(new DERSequence(parts).getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("two integers encode", e);
    }
  }
}
