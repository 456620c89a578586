// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.bc.BcRSAContentVerifierProviderBuilder;

/**
 * The ways from a signer up through the certificates that travel with the signature, as firmware
 * walks them: any certificate that it trusts ends the path, names and signatures must fit, an
 * issuer must be a CA that may sign certificates, a critical extension that the library does not
 * know ends the path, dates do not count.
 */
final class SignerPath {
  private static final Set<ASN1ObjectIdentifier> KNOWN =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.nameConstraints,
          Extension.certificatePolicies,
          Extension.cRLDistributionPoints,
          MiscObjectIdentifiers.netscapeCertType,
          Extension.policyConstraints,
          Extension.policyMappings,
          Extension.inhibitAnyPolicy);

  private final List<X509CertificateHolder> certificates = new ArrayList<>();

  /** Everything that is reachable from the signer, each certificate once. */
  SignerPath(X509CertificateHolder signer, List<X509CertificateHolder> hints) {
    certificates.add(signer);
    for (int i = 0; i < certificates.size(); i++) {
      var subject = certificates.get(i);
      hints.stream()
          .filter(hint -> !certificates.contains(hint) && issued(hint, subject))
          .forEach(certificates::add);
    }
  }

  /** Signer first. */
  List<X509CertificateHolder> certificates() {
    return List.copyOf(certificates);
  }

  /** Whether the certificate is on the path, or issued one that is. */
  boolean leadsTo(X509CertificateHolder trusted) {
    return certificates.contains(trusted)
        || certificates.stream().anyMatch(subject -> issued(trusted, subject));
  }

  private static boolean issued(X509CertificateHolder issuer, X509CertificateHolder subject) {
    boolean named = issuer.getSubject().equals(subject.getIssuer());
    if (!named || !isCa(issuer) || demandsUnknown(issuer) || demandsUnknown(subject)) {
      return false;
    }
    var digests = new DefaultDigestAlgorithmIdentifierFinder();
    boolean rsa =
        issuer
            .getSubjectPublicKeyInfo()
            .getAlgorithm()
            .getAlgorithm()
            .equals(PKCSObjectIdentifiers.rsaEncryption);
    BcContentVerifierProviderBuilder builder =
        rsa
            ? new BcRSAContentVerifierProviderBuilder(digests)
            : new BcECContentVerifierProviderBuilder(digests);
    try {
      return subject.isSignatureValid(builder.build(issuer));
    } catch (OperatorCreationException | CertException | RuntimeException e) {
      // A signature that the library cannot even read was not made by this issuer.
      return false;
    }
  }

  private static boolean isCa(X509CertificateHolder certificate) {
    var extensions = certificate.getExtensions();
    var constraints = extensions == null ? null : BasicConstraints.fromExtensions(extensions);
    var usage = extensions == null ? null : KeyUsage.fromExtensions(extensions);
    return constraints != null
        && constraints.isCA()
        && (usage == null || usage.hasUsages(KeyUsage.keyCertSign));
  }

  /** Whether it has a critical extension that firmware's library does not know. */
  private static boolean demandsUnknown(X509CertificateHolder certificate) {
    return !KNOWN.containsAll(certificate.getCriticalExtensionOIDs());
  }
}
