// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiIndex;
import dev.trustme.issue.Revocations;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What is in use and ends soon or has ended, soonest first, {@code trustme/expiry-report/1}:
 * certificates of the tree, certificates that were issued from requests, and published revocation
 * lists. Whatever was superseded or revoked no longer counts.
 */
record ExpiryReport(String schema, String folder, Instant at, Instant before, List<Line> expiring) {
  /**
   * One certificate or list.
   *
   * @param name the place in the tree, {@code issued}, or {@code crl}
   * @param subject the certificate's, or the authority that the list is of
   */
  record Line(String name, String subject, Instant notAfter, Optional<Digest> fingerprint) {}

  static ExpiryReport of(PkiFolder pki, PkiReport tree, Instant at, Duration within)
      throws IOException, FormatException {
    Instant before = at.plus(within);
    List<Line> lines = new ArrayList<>();
    var revocations = Revocations.of(pki);
    Set<Digest> known = new HashSet<>(superseded(pki));
    revocations.revoked().forEach(entry -> known.add(entry.certificate()));
    revocations
        .lists()
        .forEach((authority, list) -> {
          if (list.nextUpdate().isBefore(before)) {
            lines.add(new Line("crl", authority, list.nextUpdate(), Optional.empty()));
          }
        });
    for (var line : tree.certificates()) {
      if (known.add(line.fingerprint()) && line.notAfter().isBefore(before)) {
        lines.add(
            new Line(
                line.name(), line.subject(), line.notAfter(), Optional.of(line.fingerprint())));
      }
    }
    pki.issued()
        .forEach(certificate -> {
          Instant end = certificate.getNotAfter().toInstant();
          if (end.isBefore(before) && known.add(Certificates.fingerprint(certificate))) {
            lines.add(issued(certificate, end));
          }
        });
    lines.sort(Comparator.comparing(Line::notAfter));
    return new ExpiryReport(
        "trustme/expiry-report/1", pki.path().toString(), at, before, List.copyOf(lines));
  }

  private static Line issued(X509CertificateHolder certificate, Instant end) {
    return new Line(
        "issued",
        certificate.getSubject().toString(),
        end,
        Optional.of(Certificates.fingerprint(certificate)));
  }

  private static Set<Digest> superseded(PkiFolder pki) throws IOException, FormatException {
    Set<Digest> fingerprints = new HashSet<>();
    for (PkiIndex.Superseded old : pki.index().superseded()) {
      fingerprints.add(Certificates.fingerprint(pki.superseded(old)));
    }
    return fingerprints;
  }

  String text() {
    LocalDate day = LocalDate.ofInstant(before, ZoneOffset.UTC);
    if (expiring.isEmpty()) {
      return "%s/  nothing in use ends before %s".formatted(folder, day);
    }
    var text = new StringBuilder();
    for (Line line : expiring) {
      text.append(
          "%-10s %s  %-20s %s%n"
              .formatted(
                  line.notAfter().isBefore(at) ? "EXPIRED" : "expires",
                  LocalDate.ofInstant(line.notAfter(), ZoneOffset.UTC),
                  line.name(),
                  line.subject()));
    }
    return text.append("%d end before %s".formatted(expiring.size(), day)).toString();
  }
}
