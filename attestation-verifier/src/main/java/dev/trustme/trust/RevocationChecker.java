// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Digest;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whether certificates of a validated path were revoked: RFC 5280, 6.3, with the lists and
 * responses at hand. Lists and responses of other issuers count for nothing; broken ones of the
 * right issuer are refused, whatever else is known.
 */
final class RevocationChecker {
  private final Revocation revocation;
  private final Instant at;
  private final Map<Digest, BigInteger> numbers = new HashMap<>();

  RevocationChecker(Revocation revocation, Instant at) {
    this.revocation = revocation;
    this.at = at;
  }

  /** What is known of one certificate, and by whom. */
  enum Knowledge {
    CURRENT,
    STALE
  }

  /** The numbers of the lists that were used, by issuer. */
  Map<Digest, BigInteger> listNumbers() {
    return numbers;
  }

  /** Every certificate below the anchor. */
  List<Check> check(CandidatePath path) {
    if (revocation.mode() == Revocation.Mode.OFF) {
      return List.of();
    }
    List<Check> checks = new ArrayList<>();
    var certificates = path.certificates();
    for (int i = 0; i < certificates.size() - 1; i++) {
      var certificate = certificates.get(i);
      var place = certificate.getSubject().toString();
      check(certificate, certificates.get(i + 1)).forEach(c -> checks.add(c.at(place)));
    }
    return checks;
  }

  private List<Check> check(X509CertificateHolder certificate, X509CertificateHolder issuer) {
    List<Check> problems = new ArrayList<>();
    List<Knowledge> known = new ArrayList<>();
    byLists(certificate, issuer, problems).ifPresent(known::add);
    var ocsp = new OcspChecker(certificate, issuer, at);
    for (var response : revocation.responses()) {
      ocsp.check(response, problems).ifPresent(known::add);
    }
    if (!problems.isEmpty()) {
      return problems;
    }
    return List.of(judge(known));
  }

  private Check judge(List<Knowledge> known) {
    boolean required = revocation.mode() == Revocation.Mode.REQUIRED;
    if (known.contains(Knowledge.CURRENT)) {
      return Check.pass("certificate-revocation", "not revoked");
    }
    if (known.contains(Knowledge.STALE)) {
      return required
          ? Check.fail("revocation-stale", "a statement that holds at " + at, "an old one")
          : Check.warn("revocation-stale", "a statement that holds at " + at, "an old one");
    }
    return required
        ? Check.fail("revocation-known", "a list or response of the issuer", "none")
        : Check.notApplicable("certificate-revocation", "nothing is known");
  }

  private Optional<Knowledge> byLists(
      X509CertificateHolder certificate, X509CertificateHolder issuer, List<Check> problems) {
    List<RevocationList> complete = new ArrayList<>();
    List<RevocationList> deltas = new ArrayList<>();
    for (var list : revocation.lists()) {
      if (list.claims(issuer) && list.covers(certificate)) {
        var problem = problem(list, issuer);
        problem.ifPresent(problems::add);
        if (problem.isEmpty()) {
          (list.isDelta() ? deltas : complete).add(list);
        }
      }
    }
    var newest = complete.stream().max(Comparator.comparing(RevocationList::number));
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    var delta = delta(deltas, newest.get(), problems);
    use(issuer, delta.orElse(newest.get()));
    var serial = certificate.getSerialNumber();
    var changed = delta.flatMap(d -> d.reason(serial));
    var reason = changed.or(() -> newest.get().reason(serial));
    reason
        .filter(r -> r != CRLReason.removeFromCRL)
        .ifPresent(r -> problems.add(revoked(CRLReason.lookup(r).toString())));
    return Optional.of(knowledge(newest.get().nextUpdate()));
  }

  private static Check revoked(String how) {
    return Check.fail("certificate-revoked", "a certificate that is not revoked", how);
  }

  private Knowledge knowledge(Optional<Instant> until) {
    return at.isAfter(until.orElse(Instant.MIN)) ? Knowledge.STALE : Knowledge.CURRENT;
  }

  private void use(X509CertificateHolder issuer, RevocationList list) {
    numbers.merge(Revocation.issuerKey(issuer), list.number(), BigInteger::max);
  }

  /** The newest delta that changes this list; one that changes a later list leaves a gap. */
  private Optional<RevocationList> delta(
      List<RevocationList> deltas, RevocationList complete, List<Check> problems) {
    var later =
        deltas.stream()
            .filter(d -> d.sameScope(complete) && d.number().compareTo(complete.number()) >= 0)
            .max(Comparator.comparing(RevocationList::number));
    later
        .filter(d -> d.base().orElseThrow().compareTo(complete.number()) > 0)
        .ifPresent(d ->
            problems.add(
                Check.fail(
                    "revocation-delta",
                    "the complete list %s that the delta changes".formatted(d.base().orElseThrow()),
                    "list " + complete.number())));
    return later;
  }

  /** Why a list that claims to be of this issuer must not be used. */
  private Optional<Check> problem(RevocationList list, X509CertificateHolder issuer) {
    if (list.problem().isPresent()) {
      return Optional.of(
          Check.fail("revocation-list", "a list that can be used", list.problem().get()));
    }
    var usage = KeyUsage.fromExtensions(issuer.getExtensions());
    if (usage != null && !usage.hasUsages(KeyUsage.cRLSign)) {
      return Optional.of(
          Check.fail("revocation-list-signer", "an issuer that may sign lists", "another"));
    }
    if (!list.signedBy(issuer)) {
      return Optional.of(
          Check.fail("revocation-list-signature", "a signature by the issuer", "another"));
    }
    if (list.thisUpdate().isAfter(at)) {
      return Optional.of(
          Check.fail("revocation-early", "a list made before " + at, list.thisUpdate().toString()));
    }
    var floor = revocation.floors().get(Revocation.issuerKey(issuer));
    return floor != null && list.number().compareTo(floor) < 0
        ? Optional.of(
            Check.fail(
                "revocation-number",
                "list %s, which was seen before, or a newer one".formatted(floor),
                "list " + list.number()))
        : Optional.empty();
  }
}
