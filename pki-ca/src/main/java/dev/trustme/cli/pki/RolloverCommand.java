// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.Rollover;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
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
      "  trustme pki rollover --pki pki device"
    },
    mixinStandardHelpOptions = true)
final class RolloverCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();

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
    return change.make((transaction, passphrase, at) -> {
      String name = CrlCommand.names(transaction.folder(), List.of(authority)).getFirst();
      var made = Rollover.make(transaction, name, passphrase, at);
      return new Report(
          "trustme/pki-rollover/1",
          change.dryRun(),
          name,
          made.name(),
          made.certificate().getSubject().toString(),
          Certificates.fingerprint(made.certificate()),
          made.certificate().getNotAfter().toInstant(),
          made.links().isEmpty() ? List.of() : List.of(made.oldWithNew(), made.newWithOld()));
    });
  }
}
