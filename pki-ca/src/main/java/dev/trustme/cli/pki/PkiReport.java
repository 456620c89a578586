// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.audit.Checkpoints;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiIndex;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.key.KeyType;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Use;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.X509CertificateHolder;

/** What {@code pki init} and {@code pki show} say about a folder. */
record PkiReport(
    String schema,
    String folder,
    List<Line> certificates,
    Optional<SecureBoot> secureBoot,
    Log log,
    Optional<String> checkpoint,
    Instant at) {

  /** One certificate: an authority, a role key, or PK and KEK. */
  record Line(
      String name,
      String kind,
      Optional<String> issuer,
      String subject,
      String key,
      Instant notAfter,
      Digest fingerprint,
      List<String> use) {}

  record SecureBoot(String owner, List<String> db) {}

  record Log(boolean intact, String head, long entries) {}

  static PkiReport of(PkiFolder pki, Instant at) throws IOException, FormatException {
    var profile = pki.profile();
    List<Line> lines = new ArrayList<>();
    for (String name : pki.authorities()) {
      var issuer = Optional.ofNullable(profile.authorities().get(name)).flatMap(a -> a.issuer());
      lines.add(line(name, "authority", issuer, pki.authority(name), List.of()));
    }
    for (String name : pki.roles()) {
      var role = Role.byLabel(name).orElseThrow();
      var roleKey = profile.role(role);
      lines.add(
          line(
              name,
              "role",
              roleKey.map(Profile.RoleKey::issuer),
              pki.chain(role).getFirst(),
              roleKey.map(Profile.RoleKey::use).orElse(List.of())));
    }
    for (String authority : pki.index().responders().keySet()) {
      lines.add(
          line(
              PkiIndex.responder(authority),
              "responder",
              Optional.of(authority),
              pki.responder(authority),
              List.of(Use.OCSP)));
    }
    if (pki.index().secureBoot().isPresent()) {
      lines.add(line("PK", "secure-boot", Optional.empty(), pki.platformKey(), List.of()));
      lines.add(line("KEK", "secure-boot", Optional.empty(), pki.keyExchangeKey(), List.of()));
    }
    return new PkiReport(
        "trustme/pki-report/1",
        name(pki.path()),
        lines,
        pki.index()
            .secureBoot()
            .map(s ->
                new SecureBoot(
                    s.owner().toString(),
                    profile.secureBoot().map(Profile.SecureBoot::db).orElse(List.of()))),
        log(pki),
        checkpoint(pki),
        at);
  }

  private static String name(Path folder) {
    return folder.toString();
  }

  private static Log log(PkiFolder pki) throws IOException, FormatException {
    return switch (pki.log().verify()) {
      case Verdict.Accepted<Head> accepted ->
          new Log(true, accepted.value().digest().hex(), accepted.value().entries());
      case Verdict.Rejected<Head> rejected ->
          new Log(false, "broken at " + rejected.failures().getFirst().where(), 0);
    };
  }

  /** The last one, as the name of its file in the folder. */
  private static Optional<String> checkpoint(PkiFolder pki) throws IOException, FormatException {
    var all = Checkpoints.of(pki).all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast().source());
  }

  private static Line line(
      String name,
      String kind,
      Optional<String> issuer,
      X509CertificateHolder certificate,
      List<Use> uses) {
    return new Line(
        name,
        kind,
        issuer,
        certificate.getSubject().toString(),
        KeyType.of(certificate.getSubjectPublicKeyInfo()).map(KeyType::label).orElse("other"),
        certificate.getNotAfter().toInstant(),
        Certificates.fingerprint(certificate),
        uses.stream().map(Use::label).toList());
  }

  /** For people. A folder that was just made says how long that took; else negative. */
  String text(double seconds) {
    var text = new StringBuilder();
    text.append(
        "%s/  %s, %s, %s%s%s%n"
            .formatted(
                folder,
                count(authorities().filter(l -> l.issuer().isEmpty()).count(), "root"),
                count(authorities().filter(l -> l.issuer().isPresent()).count(), "sub CA"),
                count(
                    certificates.stream().filter(l -> l.kind().equals("role")).count(), "role key"),
                secureBoot.isPresent() ? ", Secure Boot set (PK, KEK, db)" : "",
                seconds < 0 ? "" : String.format(Locale.ROOT, "        %.1f s", seconds)));
    text.append(new TreeText(certificates.stream().map(this::node).toList()).draw());
    text.append(log.intact() ? kept(seconds) : "signing log  " + log.head() + "\n");
    return text.toString();
  }

  private String kept(double seconds) {
    String head = "  head %s  %d entries%n".formatted(log.head(), log.entries());
    if (seconds < 0) {
      return "Signing log, intact:%n%s".formatted(head);
    }
    return "Keep this line%s where nobody who writes %s/ can change it, such as on paper or with another"
            .formatted(checkpoint.map(file -> ", and a copy of " + file + ",").orElse(""), folder)
        + " team; it proves later that the log was not cut (audit verify --head):%n%s"
            .formatted(head);
  }

  private java.util.stream.Stream<Line> authorities() {
    return certificates.stream().filter(l -> l.kind().equals("authority"));
  }

  private static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private TreeText.Node node(Line line) {
    LocalDate until = LocalDate.ofInstant(line.notAfter(), ZoneOffset.UTC);
    return new TreeText.Node(
        line.name(),
        line.issuer(),
        label(line),
        "%-12s until %s  %s".formatted(line.key(), until, remark(line)));
  }

  private static String label(Line line) {
    return line.kind().equals("authority") ? commonName(line) : line.name();
  }

  private static String commonName(Line line) {
    var rdns = new org.bouncycastle.asn1.x500.X500Name(line.subject()).getRDNs(BCStyle.CN);
    return rdns.length == 0 ? line.name() : IETFUtils.valueToString(rdns[0].getFirst().getValue());
  }

  private String remark(Line line) {
    String uses = line.use().stream().collect(Collectors.joining(", "));
    if (!line.notAfter().isAfter(at)) {
      return "EXPIRED";
    }
    return secureBoot.filter(s -> s.db().contains(line.name())).isPresent()
        ? uses + " (in db)"
        : uses;
  }
}
