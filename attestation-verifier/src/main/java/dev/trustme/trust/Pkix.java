// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * RFC 5280, 6.1: signatures, names, policies, extensions. By the library, except for paths that
 * leave it nothing to say.
 */
final class Pkix {
  static final Provider PROVIDER = new BouncyCastleProvider();

  /** Extensions that path validation looks at in no other place than this package's own rules. */
  private static final Set<ASN1ObjectIdentifier> PLAIN =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.subjectKeyIdentifier,
          Extension.authorityKeyIdentifier,
          Extension.authorityInfoAccess,
          Extension.cRLDistributionPoints);

  private Pkix() {}

  /**
   * What the library would check with its own encoding of certificates that are not in order: names
   * that chain, and signatures over the bytes as received. All else, this package checks itself.
   */
  static Check asReceived(CandidatePath path) {
    var certificates = path.certificates();
    for (int i = 0; i < certificates.size() - 1; i++) {
      var certificate = certificates.get(i);
      var issuer = certificates.get(i + 1);
      if (!certificate.getIssuer().equals(issuer.getSubject())
          || !Signatures.issued(issuer, certificate)) {
        return Check.fail(
                "certificate-path", "a signature by " + issuer.getSubject(), "another, or none")
            .at(certificate.getSubject().toString());
      }
    }
    return Check.pass("certificate-path", path.anchor().getSubject().toString());
  }

  /** Validates the path at the moment; acceptable policies, if any, must be explicit. */
  static Check check(
      CandidatePath path, Instant at, Set<ASN1ObjectIdentifier> policies, PathMemory memory) {
    return policies.isEmpty() && isPlain(path) && isSigned(path, memory)
        ? Check.pass("certificate-path", path.anchor().getSubject().toString())
        : byLibrary(path, at, policies, memory);
  }

  /**
   * Whether nothing constrains names or policies, so that beside what this package has checked
   * already (validity, authorities, path length, usages, what is critical) only signatures and the
   * chain of names are left of RFC 5280, 6.1. Names that differ in a byte are for the library to
   * compare.
   */
  static boolean isPlain(CandidatePath path) {
    var certificates = path.certificates();
    for (int i = 0; i < certificates.size(); i++) {
      var certificate = certificates.get(i);
      boolean chained =
          i + 1 == certificates.size()
              || encoded(certificate.getIssuer())
                  .equals(encoded(certificates.get(i + 1).getSubject()));
      if (!chained
          || certificate.getVersionNumber() != 3
          || !PLAIN.containsAll(certificate.getExtensionOIDs())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSigned(CandidatePath path, PathMemory memory) {
    var certificates = path.certificates();
    for (int i = certificates.size() - 2; i >= 0; i--) {
      if (!memory.issued(certificates.get(i + 1), certificates.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Bytes encoded(X500Name name) {
    try {
      return Bytes.copyOf(name.getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed name encodes", e);
    }
  }

  /** The same by the library alone. */
  static Check byLibrary(
      CandidatePath path, Instant at, Set<ASN1ObjectIdentifier> policies, PathMemory memory) {
    try {
      List<X509Certificate> below = new ArrayList<>();
      for (var certificate : path.certificates().subList(0, path.certificates().size() - 1)) {
        below.add(memory.converted(certificate));
      }
      CertPathValidator.getInstance("PKIX", PROVIDER)
          .validate(
              CertificateFactory.getInstance("X.509", PROVIDER).generateCertPath(below),
              parameters(path.anchor(), memory.converted(path.anchor()), at, policies));
      return Check.pass("certificate-path", path.anchor().getSubject().toString());
    } catch (GeneralSecurityException | RuntimeException e) {
      // The library meets broken extensions with either; both mean that this path is not valid.
      return Check.fail(
          "certificate-path",
          "a valid path at " + at,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private static PKIXParameters parameters(
      X509CertificateHolder anchor,
      X509Certificate converted,
      Instant at,
      Set<ASN1ObjectIdentifier> policies)
      throws GeneralSecurityException {
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(converted, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    parameters.addCertPathChecker(new CheckedUsages());
    if (!policies.isEmpty()) {
      parameters.setInitialPolicies(
          policies.stream().map(ASN1ObjectIdentifier::getId).collect(Collectors.toSet()));
      parameters.setExplicitPolicyRequired(true);
    }
    constrain(parameters, anchor.getExtensions());
    return parameters;
  }

  /**
   * RFC 5937, 3: the anchor's policy constraints become initial values. Mappings are refused
   * anyway.
   */
  private static void constrain(PKIXParameters parameters, Extensions anchor) {
    var constraints = anchor.getExtension(Extension.policyConstraints);
    if (constraints != null) {
      var limits = PolicyConstraints.getInstance(constraints.getParsedValue());
      if (limits.getRequireExplicitPolicyMapping() != null) {
        parameters.setExplicitPolicyRequired(true);
      }
    }
    if (anchor.getExtension(Extension.inhibitAnyPolicy) != null) {
      parameters.setAnyPolicyInhibited(true);
    }
  }

  /** Critical extended key usages, which {@link PathRules#usages} has checked at every level. */
  private static final class CheckedUsages extends PKIXCertPathChecker {
    @Override
    public void init(boolean forward) {
      // Nothing is kept from one certificate to the next.
    }

    @Override
    public boolean isForwardCheckingSupported() {
      return true;
    }

    @Override
    public Set<String> getSupportedExtensions() {
      return Set.of(Extension.extendedKeyUsage.getId());
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolvedCritical) {
      unresolvedCritical.remove(Extension.extendedKeyUsage.getId());
    }
  }
}
