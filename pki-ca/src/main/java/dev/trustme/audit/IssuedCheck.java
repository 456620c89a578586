// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.CertificateSource;
import dev.trustme.issue.SigningLog.Entry;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Certificates beside the entries that tell of them. Both come in nearly the same order, so that
 * only what waits for its other half is kept.
 */
final class IssuedCheck {
  private static final int MAX_FINDINGS = 100;

  private final CertificateSource certificates;
  private final String log;
  private final boolean applies;
  private final Map<Digest, String> unlogged = new LinkedHashMap<>();
  private final Map<Digest, Long> unseen = new LinkedHashMap<>();
  private final Map<Digest, Long> perhaps = new LinkedHashMap<>();
  private long matched;

  IssuedCheck(CertificateSource certificates, String log) {
    this(certificates, log, true);
  }

  private IssuedCheck(CertificateSource certificates, String log, boolean applies) {
    this.certificates = certificates;
    this.log = log;
    this.applies = applies;
  }

  /** For a log without certificates beside it. */
  static IssuedCheck none() {
    return new IssuedCheck(Optional::empty, "", false);
  }

  /**
   * An entry that is no issuance and names no artefact may be one of an earlier version of the log.
   */
  void see(Entry entry, long line) throws IOException, FormatException {
    if (!applies || entry.artifact().isPresent()) {
      return;
    }
    if (unlogged.remove(entry.certificate()) != null) {
      matched++;
    } else if (entry.tellsOfIssuance()) {
      unseen.put(entry.certificate(), line);
    } else {
      perhaps.put(entry.certificate(), line);
    }
    take();
  }

  /** Takes the next certificate; false where there is none. */
  private boolean take() throws IOException, FormatException {
    var certificate = certificates.next();
    if (certificate.isPresent()) {
      var fingerprint = Certificates.fingerprint(certificate.get());
      if (unseen.remove(fingerprint) != null || perhaps.remove(fingerprint) != null) {
        matched++;
      } else {
        unlogged.put(fingerprint, certificate.get().getSubject().toString());
      }
    }
    return certificate.isPresent();
  }

  List<Check> checks() throws IOException, FormatException {
    if (!applies) {
      return List.of();
    }
    boolean more = true;
    while (more) {
      more = take();
    }
    List<Check> checks = new ArrayList<>();
    unlogged.entrySet().stream()
        .limit(MAX_FINDINGS)
        .forEach(e -> checks.add(unlogged(e.getKey(), e.getValue())));
    unseen.entrySet().stream()
        .limit(MAX_FINDINGS)
        .forEach(e -> checks.add(unseen(e.getKey(), e.getValue())));
    if (checks.isEmpty()) {
      checks.add(Check.pass("log-certificates", matched + " certificates, each with its entry"));
    }
    return checks;
  }

  private Check unlogged(Digest fingerprint, String subject) {
    return Check.fail(
            "certificate-unlogged",
            "an entry that certificate %s was issued".formatted(fingerprint),
            "none, for " + subject)
        .at(log);
  }

  private Check unseen(Digest fingerprint, long line) {
    return Check.fail(
            "certificate-gone", "certificate %s in issued/".formatted(fingerprint), "none")
        .at("%s, line %d".formatted(log, line));
  }
}
