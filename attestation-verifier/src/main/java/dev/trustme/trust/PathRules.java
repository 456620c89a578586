// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.FormatException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a path as a whole must satisfy and PKIX leaves out, or asks of all but the anchor: RFC 5280,
 * 6.1.4 (k) to (n), with the anchor's own constraints as RFC 5937 wants them, extended key usages
 * that restrict everything below, and the scope.
 */
final class PathRules {
  private PathRules() {}

  /** Every certificate of the path, the anchor included, is within its validity. */
  static Check validity(CandidatePath path, Instant at) {
    for (var certificate : path.certificates()) {
      if (!CertificateDates.isValidAt(certificate, at)) {
        return Check.fail(
            "certificate-validity",
            "%s to %s for %s"
                .formatted(
                    CertificateDates.notBefore(certificate),
                    CertificateDates.notAfter(certificate),
                    certificate.getSubject()),
            at.toString());
      }
    }
    return Check.pass("certificate-validity", at.toString());
  }

  /** Each issuer is an authority, may sign certificates, and its path length is kept. */
  static Check authorities(CandidatePath path, int allowed) {
    int left = allowed;
    for (var authority : path.authorities()) {
      if (!CandidatePath.isAuthority(authority) || !signsCertificates(authority)) {
        return Check.fail(
                "certificate-authority", "authorities that may sign certificates", "another")
            .at(authority.getSubject().toString());
      }
      boolean counts = !authority.equals(path.anchor()) && !CandidatePath.selfIssued(authority);
      if (counts && left-- == 0) {
        return Check.fail(
                "certificate-path-length", "a path within its length", "one authority too many")
            .at(authority.getSubject().toString());
      }
      left = Math.min(left, pathLength(authority).orElse(left));
    }
    return Check.pass("certificate-path-length", path.authorities().size() + " authorities");
  }

  private static boolean signsCertificates(X509CertificateHolder authority) {
    var usage = KeyUsage.fromExtensions(authority.getExtensions());
    return usage == null || usage.hasUsages(KeyUsage.keyCertSign);
  }

  /** The path length, cut to what an int holds; a negative one allows nothing. */
  private static Optional<Integer> pathLength(X509CertificateHolder authority) {
    var constraints = BasicConstraints.fromExtensions(authority.getExtensions());
    return Optional.ofNullable(constraints.getPathLenConstraint())
        .map(
            length -> length.bitLength() > 31 ? Integer.MAX_VALUE : Math.max(0, length.intValue()));
  }

  /** An authority that names extended key usages issues for no others. */
  static Check usages(CandidatePath path, Purpose purpose) {
    for (var authority : path.authorities()) {
      var usages = ExtendedKeyUsage.fromExtensions(authority.getExtensions());
      if (usages != null && !usages.hasKeyPurposeId(KeyPurposeId.getInstance(purpose.usage()))) {
        return Check.fail(
                "certificate-purpose", "an authority for " + purpose.label(), "for others only")
            .at(authority.getSubject().toString());
      }
    }
    return Check.pass("certificate-purpose", purpose.label());
  }

  /** The path is exactly the vendor's or the customer's, and every scope allows the purpose. */
  static Check scope(CandidatePath path, PathPolicy policy) {
    List<Scope> scopes = new ArrayList<>();
    for (var authority : path.authorities()) {
      try {
        Scope.of(authority).ifPresent(scopes::add);
      } catch (FormatException e) {
        return Check.fail("certificate-scope", "a scope that can be read", e.problem())
            .at(authority.getSubject().toString());
      }
    }
    String expected =
        policy.customer().map(c -> "customer " + c).orElse("the vendor's own, without a scope");
    if (scopes.isEmpty()) {
      return policy.customer().isEmpty()
          ? Check.pass("certificate-scope", expected)
          : Check.fail("certificate-scope", expected, "no scope");
    }
    for (Scope scope : scopes) {
      if (!policy.customer().equals(Optional.of(scope.customer()))) {
        return Check.fail("certificate-scope", expected, scope.toString());
      }
      if (!(policy.purpose() instanceof Role role) || !scope.roles().contains(role)) {
        return Check.fail(
            "certificate-scope-role", "a scope for " + policy.purpose().label(), scope.toString());
      }
    }
    return Check.pass("certificate-scope", scopes.getLast().toString());
  }
}
