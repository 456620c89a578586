// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.trust.OcspStaple.Status;
import dev.trustme.trust.RevocationChecker.Knowledge;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What OCSP responses say of one certificate: RFC 6960, 3.2 and 4.2.2.2. A response counts if the
 * issuer signed it, or a responder that the issuer itself certified for this and nothing else.
 */
final class OcspChecker {
  private final X509CertificateHolder certificate;
  private final X509CertificateHolder issuer;
  private final Instant at;

  OcspChecker(X509CertificateHolder certificate, X509CertificateHolder issuer, Instant at) {
    this.certificate = certificate;
    this.issuer = issuer;
    this.at = at;
  }

  /** Empty where the response speaks of other certificates, or must not be used. */
  Optional<Knowledge> check(OcspStaple response, List<Check> problems) {
    var statement = response.statement(certificate, issuer);
    if (statement.isEmpty()) {
      return Optional.empty();
    }
    var found = statement.get();
    var problem = responder(response).or(() -> form(response)).or(() -> time(response, found));
    if (problem.isPresent()) {
      problems.add(problem.get());
      return Optional.empty();
    }
    if (found.status() == Status.REVOKED) {
      problems.add(Check.fail("ocsp-revoked", "a certificate that is not revoked", "revoked"));
    } else if (found.status() == Status.UNKNOWN) {
      problems.add(Check.fail("ocsp-status", "good", "unknown to the responder"));
    }
    return Optional.of(
        at.isAfter(found.nextUpdate().orElseThrow()) ? Knowledge.STALE : Knowledge.CURRENT);
  }

  private Optional<Check> form(OcspStaple response) {
    return response
        .criticalExtension(certificate, issuer)
        .map(id -> Check.fail("ocsp-extension", "critical extensions that are understood", id));
  }

  private Optional<Check> time(OcspStaple response, OcspStaple.Statement statement) {
    if (statement.nextUpdate().isEmpty()) {
      return Optional.of(Check.fail("ocsp-time", "an end of what it says", "none"));
    }
    boolean early = statement.thisUpdate().isAfter(at) || response.producedAt().isAfter(at);
    return early || statement.thisUpdate().isAfter(statement.nextUpdate().get())
        ? Optional.of(
            Check.fail(
                "ocsp-time", "a response made before " + at, statement.thisUpdate().toString()))
        : Optional.empty();
  }

  /** Why nobody who may answer for the issuer signed this; empty if somebody did. */
  private Optional<Check> responder(OcspStaple response) {
    if (response.claims(issuer) && response.signedBy(issuer)) {
      return Optional.empty();
    }
    var named = response.certificates().stream().filter(response::claims).findFirst();
    if (named.isEmpty()) {
      return Optional.of(
          Check.fail("ocsp-signature", "a signature by the issuer or its responder", "another"));
    }
    var delegate = named.get();
    return delegation(delegate)
        .map(why -> Check.fail("ocsp-responder", "a responder of the issuer", why))
        .or(() ->
            response.signedBy(delegate)
                ? Optional.empty()
                : Optional.of(
                    Check.fail(
                        "ocsp-signature", "a signature by " + delegate.getSubject(), "none")));
  }

  /** Why the issuer did not make this a responder. */
  private Optional<String> delegation(X509CertificateHolder delegate) {
    if (!delegate.getIssuer().equals(issuer.getSubject()) || !Signatures.issued(issuer, delegate)) {
      return Optional.of("certified by somebody else");
    }
    if (!Role.OCSP.in(delegate)) {
      return Optional.of("without OCSPSigning");
    }
    if (CandidatePath.isAuthority(delegate) || !signs(delegate)) {
      return Optional.of("an authority, or a key that may not sign");
    }
    if (delegate.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck) == null) {
      return Optional.of("without id-pkix-ocsp-nocheck, so it might be revoked itself");
    }
    if (!delegate.isValidOn(Date.from(at))) {
      return Optional.of("not valid at " + at);
    }
    return CertificateForm.findings(
            new CandidatePath(List.of(delegate, issuer)), CertificateRules.STRICT)
        .stream()
        .map(finding -> finding.id() + ": " + finding.seen())
        .findFirst();
  }

  private static boolean signs(X509CertificateHolder delegate) {
    var usage = KeyUsage.fromExtensions(delegate.getExtensions());
    return usage != null && usage.hasUsages(KeyUsage.digitalSignature);
  }
}
