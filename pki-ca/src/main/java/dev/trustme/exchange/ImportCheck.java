// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.lint.Acceptance;
import dev.trustme.lint.CertificateLint;
import dev.trustme.lint.Finding;
import dev.trustme.lint.LintRule;
import dev.trustme.trust.Role;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;

/** Whether what comes from elsewhere is fit for its place. Nothing is written before. */
final class ImportCheck {
  private Issuers known;
  private final Acceptance acceptance;
  private final Instant at;
  private final Map<X509CertificateHolder, List<Finding>> accepted = new LinkedHashMap<>();
  private final List<String> refused = new ArrayList<>();

  ImportCheck(Issuers known, Acceptance acceptance, Instant at) {
    this.known = known;
    this.acceptance = acceptance;
    this.at = at;
  }

  /** The path of this credential up to its root; every certificate of it is linted. */
  List<X509CertificateHolder> path(
      String place, ForeignCredential credential, Optional<Role> role) {
    var issuers = known.and(credential.certificates());
    List<X509CertificateHolder> path = new ArrayList<>(List.of(credential.certificate()));
    var next = issuers.of(path.getLast());
    while (next.isPresent() && !path.contains(next.get())) {
      path.add(next.get());
      next = issuers.of(path.getLast());
    }
    var top = path.getLast();
    if (!top.getSubject().equals(top.getIssuer())) {
      refused.add(
          "%s: the chain ends at %s; give the certificate of its issuer %s with --cert"
              .formatted(place, top.getSubject(), top.getIssuer()));
      return path;
    }
    for (int i = 0; i < path.size(); i++) {
      var issuer = path.get(Math.min(i + 1, path.size() - 1));
      List<Finding> findings = new ArrayList<>(CertificateLint.findings(path.get(i), issuer));
      findings.addAll(CertificateLint.at(at, path.get(i)));
      if (i == 0 && role.isPresent() && !role.get().in(path.get(i))) {
        findings.add(
            new Finding(LintRule.ROLE_MISSING, "does not carry the role " + role.get().label()));
      }
      judge(place, path.get(i), findings);
    }
    known = known.and(path);
    return path;
  }

  private void judge(String place, X509CertificateHolder certificate, List<Finding> findings) {
    acceptance.refused(findings).stream()
        .map(f -> "%s: %s: %s".formatted(place, certificate.getSubject(), f))
        .filter(words -> !refused.contains(words))
        .forEach(refused::add);
    var taken = acceptance.accepted(findings);
    if (!taken.isEmpty()) {
      accepted.put(certificate, taken);
    }
  }

  void refuse(String problem) {
    refused.add(problem);
  }

  /** What was taken although a rule speaks against it. */
  Map<X509CertificateHolder, List<Finding>> accepted() {
    return accepted;
  }

  /** Says everything that nobody accepted. */
  void require() throws GeneralSecurityException {
    if (!refused.isEmpty()) {
      throw new GeneralSecurityException(
          "nothing is imported: "
              + refused.stream().collect(Collectors.joining("; "))
              + ". 'trustme pki lint --explain RULE' explains; --accept RULE takes it as it is");
    }
  }
}
