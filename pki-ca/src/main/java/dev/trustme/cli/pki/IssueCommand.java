// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.Revocations;
import dev.trustme.issue.RoleIssue;
import dev.trustme.key.KeyType;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki issue}: the next key and certificate of roles, or a key with a template's. */
@Command(
    name = "issue",
    description = {
      "Issue the next key and certificate of one or more roles of the profile.",
      "",
      "The generation before is kept, stays valid and is listed as superseded; revoke it if its key"
          + " was lost. With --template, make a key and a certificate for somebody else instead,"
          + " in a folder of their own."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki issue --pki pki container release",
      "  trustme pki issue --pki pki --keep-key boot",
      "  trustme pki issue --pki pki release --key 'pkcs11:token=release;object=release'",
      "  trustme pki issue --pki pki --template backend --common-name web --name dns:web.example \\",
      "      -o web"
    },
    mixinStandardHelpOptions = true)
final class IssueCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();
  @Mixin private NewKeyOptions newKey = new NewKeyOptions();
  @Mixin private LintOptions lint = new LintOptions();

  @Parameters(paramLabel = "ROLE", arity = "0..*", description = "Roles of the profile.")
  private List<String> roles = List.of();

  @Option(
      names = "--keep-key",
      description = "Give each role's present key a new certificate, and make no new key.")
  private boolean keepKey;

  @ArgGroup(exclusive = false, heading = "For somebody else:%n")
  private @Nullable IssueForOthers others;

  /** What was issued. */
  record Issued(
      String role,
      String subject,
      String serial,
      Digest fingerprint,
      String key,
      Instant notAfter) {
    static Issued of(String role, X509CertificateHolder certificate) {
      return new Issued(
          role,
          certificate.getSubject().toString(),
          Revocations.serial(certificate),
          Certificates.fingerprint(certificate),
          KeyType.of(certificate.getSubjectPublicKeyInfo()).map(KeyType::label).orElse("other"),
          certificate.getNotAfter().toInstant());
    }

    String line() {
      return "%-12s %-9s until %s  serial %s".formatted(role, key, notAfter, serial);
    }
  }

  record Report(String schema, boolean dryRun, List<Issued> issued, List<String> advice)
      implements PkiChange.Report {
    @Override
    public String text() {
      return issued.stream().map(Issued::line).collect(Collectors.joining("\n"))
          + advice.stream().map(a -> "\n" + a).collect(Collectors.joining());
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    newKey.requireConsistent();
    if (others != null) {
      if (!roles.isEmpty() || keepKey || newKey.given()) {
        throw CommandFailure.usage("--template: takes no ROLE, no --keep-key and no --key");
      }
      return others.call(change, lint.acceptance());
    }
    if (roles.isEmpty()) {
      throw CommandFailure.usage("name at least one ROLE, or a --template");
    }
    if (roles.stream().distinct().count() < roles.size()) {
      throw CommandFailure.usage("name each ROLE once");
    }
    if (newKey.given() && (keepKey || roles.size() > 1)) {
      throw CommandFailure.usage("--key: is one new key, for one ROLE without --keep-key");
    }
    return newKey.within(change, () -> change.make(this::issue));
  }

  private Report issue(PkiSession session)
      throws IOException, FormatException, GeneralSecurityException {
    var profile = session.profile();
    var issue = new RoleIssue(session.accepting(lint.acceptance()));
    List<Issued> issued = new ArrayList<>();
    for (String label : roles) {
      var role = role(profile, label);
      issued.add(Issued.of(label, keepKey ? issue.renew(role) : fresh(issue, profile, role)));
    }
    return new Report("trustme/pki-issue/1", change.dryRun(), issued, advice(profile));
  }

  private X509CertificateHolder fresh(RoleIssue issue, Profile profile, Role role)
      throws IOException, FormatException, GeneralSecurityException {
    var plan = profile.role(role).orElseThrow();
    return issue.issue(role, newKey.key(change, plan.key()));
  }

  private static Role role(Profile profile, String label) {
    return Role.byLabel(label)
        .filter(r -> profile.role(r).isPresent())
        .orElseThrow(() ->
            CommandFailure.usage(
                "the profile has no role '%s'; it has: %s"
                    .formatted(label, String.join(", ", profile.roles().keySet()))));
  }

  /** Firmware knows nothing of a new key until db is signed anew. */
  private List<String> advice(Profile profile) {
    var inDb =
        profile.secureBoot().stream()
            .flatMap(s -> s.db().stream())
            .filter(roles::contains)
            .toList();
    return inDb.isEmpty()
        ? List.of()
        : List.of(
            "Firmware does not know the new certificate of %s: sign and enrol db anew first."
                .formatted(String.join(", ", inDb)));
  }
}
