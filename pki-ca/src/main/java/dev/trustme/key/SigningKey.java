// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.IOException;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;

/**
 * A private key in use, wherever it lives. Shared between threads safely; its material is never
 * printed.
 */
public sealed interface SigningKey extends AutoCloseable
    permits SoftwareKey, RemoteKey, DeferredKey {
  /** A new key in memory. */
  static SigningKey generate(KeyType type) {
    return SoftwareKey.generate(type);
  }

  SubjectPublicKeyInfo publicKey();

  /**
   * What {@link #sign} and {@link #contentSigner()} use: the key's {@link
   * dev.trustme.trust.SignatureScheme}.
   */
  AlgorithmIdentifier algorithm();

  /**
   * A new signer for one message by this algorithm, a {@link dev.trustme.trust.SignatureAlgorithm}
   * that fits the key; another is an IllegalArgumentException.
   */
  ContentSigner contentSigner(AlgorithmIdentifier by);

  default ContentSigner contentSigner() {
    return contentSigner(algorithm());
  }

  /** A signature by the key's own scheme. */
  default Bytes sign(Bytes message) {
    var signer = contentSigner();
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  /**
   * The signature over what was hashed elsewhere.
   *
   * @param input the algorithm's digest (another size is an IllegalArgumentException), or the
   *     message where it signs that
   */
  Bytes signDigest(SignatureAlgorithm by, Bytes input);

  /**
   * Whether this signature is one over the digest, or over the message where the algorithm signs
   * that.
   */
  static boolean verifies(
      SubjectPublicKeyInfo publicKey, SignatureAlgorithm by, Bytes input, Bytes signature) {
    return by.fits(publicKey) && OwnSignature.isSignature(publicKey, by, input, signature);
  }

  /**
   * The same key, for signatures about this: whoever signs elsewhere, without the artefact, is told
   * what they are about. A key that is at hand needs no words.
   */
  default SigningKey about(Subject subject) {
    return this;
  }

  /** Lets go of the key: it signs no more. */
  @Override
  void close();
}
