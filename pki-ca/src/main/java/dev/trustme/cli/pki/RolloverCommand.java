// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.HeldKey;
import dev.trustme.issue.PkiSession;
import dev.trustme.issue.Rollover;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki rollover}: the next key of an authority. */
@Command(
    name = "rollover",
    description = {
      "Give an authority a new key and certificate.",
      "",
      "What the old key issued stays valid; from now on the new one issues. Of a root, both keys"
          + " certify each other: links/NAME.new-with-old.pem is for who trusts only the old root,"
          + " links/NAME.old-with-new.pem for who trusts only the new one."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki rollover --pki pki customer-root",
      "  trustme pki rollover --pki pki device",
      "  trustme pki rollover --pki pki device --key 'pkcs11:token=ca;object=device-2'"
    },
    mixinStandardHelpOptions = true)
final class RolloverCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();
  @Mixin private NewKeyOptions newKey = new NewKeyOptions();
  @Mixin private LintOptions lint = new LintOptions();

  @Parameters(paramLabel = "AUTHORITY", description = "An authority of the folder.")
  private String authority = "";

  /** The new generation; {@code links} are files of the folder. */
  record Report(
      String schema,
      boolean dryRun,
      String authority,
      String generation,
      String subject,
      Digest fingerprint,
      Instant notAfter,
      List<String> links)
      implements PkiChange.Report {
    @Override
    public String text() {
      String made = "%s  %s  until %s".formatted(generation, subject, notAfter);
      return links.isEmpty()
          ? made + "\nIssue roles anew when it suits: trustme pki issue ROLE"
          : "%s%nlinks    %s%nBring certs/%s.pem to who verifies; until then they need %s."
              .formatted(made, String.join(", ", links), generation, links.getLast());
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    newKey.requireConsistent();
    return newKey.within(change, () -> change.make(this::rollOver));
  }

  private Report rollOver(PkiSession session)
      throws IOException, FormatException, GeneralSecurityException {
    String name = CrlCommand.names(session.folder(), List.of(authority)).getFirst();
    var planned = session.profile().authorities().get(name);
    var key = planned == null ? Optional.<HeldKey>empty() : newKey.key(change, planned.key());
    var made = Rollover.make(session.accepting(lint.acceptance()), name, key);
    return new Report(
        "trustme/pki-rollover/1",
        change.dryRun(),
        name,
        made.name(),
        made.certificate().getSubject().toString(),
        Certificates.fingerprint(made.certificate()),
        made.certificate().getNotAfter().toInstant(),
        made.links().isEmpty() ? List.of() : List.of(made.oldWithNew(), made.newWithOld()));
  }
}
