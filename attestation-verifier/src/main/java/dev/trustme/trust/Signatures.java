// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** Signatures of authorities, by the algorithms that a path may have. */
final class Signatures {
  private Signatures() {}

  /** Whether the certificate's key made the signature over the message with this algorithm. */
  static boolean verify(
      X509CertificateHolder signer, AlgorithmIdentifier algorithm, Bytes message, Bytes signature) {
    if (KeyForm.problem(algorithm).isPresent()
        || KeyForm.problem(signer.getSubjectPublicKeyInfo()).isPresent()) {
      return false;
    }
    try {
      var verifier =
          new JcaContentVerifierProviderBuilder()
              .setProvider(Pkix.PROVIDER)
              .build(signer.getSubjectPublicKeyInfo())
              .get(algorithm);
      try (OutputStream out = verifier.getOutputStream()) {
        out.write(message.toArray());
      }
      return verifier.verify(signature.toArray());
    } catch (OperatorCreationException | IOException | RuntimeException e) {
      // A key or signature that the library cannot even read did not sign this message.
      return false;
    }
  }

  /**
   * Whether the issuer's key signed the certificate as it was received, by the algorithm that both
   * its parts name.
   */
  static boolean issued(X509CertificateHolder issuer, X509CertificateHolder certificate) {
    var inside = certificate.toASN1Structure().getTBSCertificate().getSignature();
    return inside.equals(certificate.getSignatureAlgorithm())
        && verify(
            issuer,
            certificate.getSignatureAlgorithm(),
            Certificates.signedPart(certificate),
            Bytes.copyOf(certificate.getSignature()));
  }
}
