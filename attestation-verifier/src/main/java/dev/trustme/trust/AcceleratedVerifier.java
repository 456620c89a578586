// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Verification by the provider of {@link Acceleration}, of the two algorithms that have one
 * encoding of a good signature. It only ever says yes: what it does not accept, or does not know,
 * is for {@link SignatureVerifier} to judge.
 */
record AcceleratedVerifier(Provider provider) {
  /** The key was read and found to fit the algorithm and the signature's length before. */
  boolean accepts(SubjectPublicKeyInfo key, SignatureAlgorithm by, Bytes message, Bytes signature) {
    return name(by).filter(name -> accepts(name, key, message, signature)).isPresent();
  }

  /** Ed25519's verifiers differ about odd keys, PSS and ML-DSA are rare in batches. */
  private static Optional<String> name(SignatureAlgorithm by) {
    return switch (by) {
      case RsaPkcs1 rsa -> Optional.of(rsa.hash() + "withRSA");
      case Ecdsa ecdsa -> Optional.of(ecdsa.hash() + "withECDSA");
      case RsaPss pss -> Optional.empty();
      case Ed25519 ed25519 -> Optional.empty();
      case MlDsa mlDsa -> Optional.empty();
    };
  }

  private boolean accepts(
      String algorithm, SubjectPublicKeyInfo key, Bytes message, Bytes signature) {
    try {
      var factory = KeyFactory.getInstance(algorithm.endsWith("RSA") ? "RSA" : "EC", provider);
      var verifier = Signature.getInstance(algorithm, provider);
      verifier.initVerify(factory.generatePublic(new X509EncodedKeySpec(key.getEncoded("DER"))));
      verifier.update(message.toArray());
      return verifier.verify(signature.toArray());
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return false; // A key or signature that it does not read.
    }
  }
}
