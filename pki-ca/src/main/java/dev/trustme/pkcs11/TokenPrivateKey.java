// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A private key object (CKO_PRIVATE_KEY) of a token. PKCS #11 2.40, 4.9. */
public final class TokenPrivateKey {
  private static final long CKO_PRIVATE_KEY = 3;

  private final TokenSession session;
  private final long handle;

  TokenPrivateKey(TokenSession session, long handle) {
    this.session = session;
    this.handle = handle;
  }

  /** The private keys with this label and CKA_ID, where they are given. */
  public static List<TokenPrivateKey> find(
      TokenSession session, Optional<String> label, Optional<Bytes> id) throws IOException {
    var template = new Template().add(Attribute.CKA_CLASS, CKO_PRIVATE_KEY);
    label.ifPresent(text -> template.add(Attribute.CKA_LABEL, Bytes.utf8(text)));
    id.ifPresent(value -> template.add(Attribute.CKA_ID, value));
    List<TokenPrivateKey> keys = new ArrayList<>();
    for (long handle : session.find(template)) {
      keys.add(new TokenPrivateKey(session, handle));
    }
    return keys;
  }

  /** CKA_LABEL, or an empty text. */
  public String label() throws IOException {
    return value(Attribute.CKA_LABEL).map(Bytes::utf8).orElse("");
  }

  /** CKA_ID, or no bytes. */
  public Bytes id() throws IOException {
    return value(Attribute.CKA_ID).orElse(Bytes.empty());
  }

  /** CKA_KEY_TYPE; empty where such keys do not sign here. */
  public Optional<TokenKeyType> type() throws IOException {
    var value = value(Attribute.CKA_KEY_TYPE).filter(v -> v.size() == Long.BYTES);
    return value.flatMap(v -> TokenKeyType.of(v.buffer().order(ByteOrder.nativeOrder()).getLong()));
  }

  /** Whether the token wants the PIN anew for each signature. */
  public boolean alwaysAuthenticate() throws IOException {
    return value(Attribute.CKA_ALWAYS_AUTHENTICATE).filter(v -> !v.isAllZero()).isPresent();
  }

  /**
   * The public half: from the private object, the public key object beside it, or its certificate;
   * empty where the token has none of them.
   */
  public Optional<SubjectPublicKeyInfo> publicKey() throws IOException {
    return new PublicHalf(session, this).find();
  }

  Optional<Bytes> value(Attribute attribute) throws IOException {
    return session.value(handle, attribute);
  }

  /** CKM_RSA_PKCS: pads and signs this DigestInfo. */
  public Bytes signPkcs1(Bytes digestInfo) throws IOException {
    return session.sign(handle, MechanismCall.of(Mechanism.CKM_RSA_PKCS), digestInfo);
  }

  /** CKM_RSA_X_509: the private operation on a block of the modulus' size. */
  public Bytes signRaw(Bytes block) throws IOException {
    return session.sign(handle, MechanismCall.of(Mechanism.CKM_RSA_X_509), block);
  }

  /** CKM_RSA_PKCS_PSS over this digest. */
  public Bytes signPss(HashAlgorithm hash, int saltLength, Bytes digest) throws IOException {
    var pss = new MechanismCall.Pss(hash, saltLength);
    return session.sign(
        handle, new MechanismCall(Mechanism.CKM_RSA_PKCS_PSS, Optional.of(pss)), digest);
  }

  /** CKM_ECDSA over this digest: r and s, big-endian, each of the same size. */
  public Bytes signEcdsa(Bytes digest) throws IOException {
    return session.sign(handle, MechanismCall.of(Mechanism.CKM_ECDSA), digest);
  }

  /** CKM_EDDSA: pure Ed25519 over this message. */
  public Bytes signEddsa(Bytes message) throws IOException {
    return session.sign(handle, MechanismCall.of(Mechanism.CKM_EDDSA), message);
  }

  /** For people: how to name the key in a reference. */
  @Override
  public String toString() {
    return "private key object " + handle;
  }
}
