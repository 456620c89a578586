// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.HeldKey;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.PlatformRotation;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki secure-boot rotate}: the next PK or KEK. */
@Command(
    name = "rotate",
    description = {
      "Give the PKI folder a new PK or KEK, and sign the updates that bring it to machines.",
      "",
      "A new KEK comes as KEK.auth, signed by PK; db.auth and dbx.auth are signed anew by it, so"
          + " machines take KEK.auth first. A new PK comes as PK.new-with-old.auth, signed by the old"
          + " one, for machines that hold that; PK.auth is for machines in setup mode, and KEK.auth is"
          + " signed anew. The old key stays in the folder, as superseded."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot rotate KEK --pki pki --keep-old",
      "  trustme pki secure-boot rotate PK --pki pki --key 'pkcs11:token=pk;object=PK-2'"
    },
    mixinStandardHelpOptions = true)
final class SecureBootRotateCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();
  @Mixin private NewKeyOptions newKey = new NewKeyOptions();
  @Mixin private LintOptions lint = new LintOptions();

  @Parameters(paramLabel = "PK|KEK", description = "Which key.")
  private String name = "";

  @Option(
      names = "--keep-old",
      description = "KEK only: machines go on to believe the old one too, until it is removed.")
  private boolean keepOld;

  /**
   * The new key; {@code files} are those of the folder that changed, in the order to enrol them.
   */
  record Report(
      String schema,
      boolean dryRun,
      String variable,
      String generation,
      String subject,
      Digest fingerprint,
      Instant notAfter,
      List<String> files)
      implements PkiChange.Report {
    @Override
    public String text() {
      String next =
          variable.equals("PK")
              ? "Enrol %s where the old PK is, then %s."
                  .formatted(files.getFirst(), files.getLast())
              : "Enrol %s first, then what the new key signed.".formatted(files.getFirst());
      return "%s  %s  until %s%nsigned   %s%n%s"
          .formatted(generation, subject, notAfter, String.join(", ", files), next);
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var variable =
        switch (name) {
          case "PK" -> SignatureVariable.PK;
          case "KEK" -> SignatureVariable.KEK;
          default -> throw CommandFailure.usage("rotate: expected PK or KEK, found " + name);
        };
    if (keepOld && variable == SignatureVariable.PK) {
      throw CommandFailure.usage("--keep-old: PK holds one certificate");
    }
    newKey.requireConsistent();
    return newKey.within(change, () -> change.make(session -> rotate(session, variable)));
  }

  private Report rotate(PkiSession session, SignatureVariable variable)
      throws IOException, FormatException, GeneralSecurityException {
    var rotation = new PlatformRotation(session.accepting(lint.acceptance()));
    var plan = PlatformRotation.plan(session.profile(), variable);
    var key = plan.isEmpty() ? Optional.<HeldKey>empty() : newKey.key(change, plan.get().key());
    var made = variable == SignatureVariable.PK ? rotation.pk(key) : rotation.kek(key, keepOld);
    return new Report(
        "trustme/secure-boot-rotate/1",
        change.dryRun(),
        variable.name(),
        made.name(),
        made.certificate().getSubject().toString(),
        Certificates.fingerprint(made.certificate()),
        made.certificate().getNotAfter().toInstant(),
        made.files());
  }
}
