// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;

/**
 * A private key that stays in a device. The message is hashed here, the device signs the digest,
 * and every signature is verified with the public key before it is given away: a device that
 * miscalculates, or holds another key than it says, is an error and not a bad signature. What the
 * device cannot do is an UncheckedIOException of the signer.
 */
abstract sealed class RemoteKey implements SigningKey permits TokenKey, TpmKey {
  private final SubjectPublicKeyInfo publicKey;
  private final AlgorithmIdentifier algorithm;

  RemoteKey(SubjectPublicKeyInfo publicKey, AlgorithmIdentifier algorithm) {
    this.publicKey = publicKey;
    this.algorithm = algorithm;
  }

  /** The scheme of such a key; keys that the suite does not sign with are an IOException. */
  static AlgorithmIdentifier schemeOf(String where, SubjectPublicKeyInfo publicKey)
      throws IOException {
    if (KeyType.of(publicKey).isEmpty()) {
      throw new IOException(
          where
              + ": expected an RSA (2048, 3072, 4096), EC (P-256, P-384, P-521) or Ed25519 key,"
              + " found "
              + publicKey.getAlgorithm().getAlgorithm());
    }
    return SignatureScheme.of(publicKey)
        .orElseThrow(() -> new IOException(where + ": a key whose parameters forbid its scheme"));
  }

  @Override
  public SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return algorithm;
  }

  @Override
  public ContentSigner contentSigner(AlgorithmIdentifier by) {
    return new RemoteContentSigner(this, KeyContentSigner.require(by, publicKey), by);
  }

  @Override
  public Bytes signDigest(SignatureAlgorithm by, Bytes input) {
    ToBeSigned.requireSize(by, input);
    try {
      Bytes signature = sign(by, input);
      if (!OwnSignature.holds(publicKey, by, input, signature)) {
        throw new IOException(
            where() + ": made a signature that its own public key does not verify");
      }
      return signature;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The signature as formats hold it.
   *
   * @param input the algorithm's digest, or the message where it signs that
   */
  abstract Bytes sign(SignatureAlgorithm by, Bytes input) throws IOException;

  /** The device and the key in it, for people. */
  abstract String where();

  @Override
  public String toString() {
    return "SigningKey["
        + KeyType.of(publicKey).map(KeyType::label).orElse("unknown")
        + " in "
        + where()
        + "]";
  }
}
