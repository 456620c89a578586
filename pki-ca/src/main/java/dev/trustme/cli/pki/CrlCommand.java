// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.CrlPublication;
import dev.trustme.issue.CrlPublication.Published;
import dev.trustme.issue.PkiFolder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki crl}: what is revoked, signed by the authority. */
@Command(
    name = "crl",
    description = {
      "Publish revocation lists: crls/NAME.crl, or with --delta crls/NAME.delta.crl (DER).",
      "",
      "Numbers only grow. How long a list holds is the profile's matter (crl-days, delta-days);"
          + " an earlier generation of an authority has lists of its own."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki crl --pki pki --all",
      "  trustme pki crl --pki pki device --delta"
    },
    mixinStandardHelpOptions = true)
final class CrlCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();

  @Parameters(paramLabel = "AUTHORITY", arity = "0..*", description = "Authorities of the folder.")
  private List<String> authorities = List.of();

  @Option(names = "--all", description = "Every authority.")
  private boolean all;

  @Option(names = "--delta", description = "Only what was revoked since the last full list.")
  private boolean delta;

  record Report(String schema, boolean dryRun, List<Published> lists) implements PkiChange.Report {
    @Override
    public String text() {
      return lists.stream()
              .map(l ->
                  "%s  number %d%s  %d revoked  until %s"
                      .formatted(
                          l.file(),
                          l.number(),
                          l.base().map(b -> " to " + b).orElse(""),
                          l.entries(),
                          l.nextUpdate()))
              .collect(Collectors.joining("\n"))
          + "\nBring the lists to who verifies, and publish new ones before these end.";
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (all != authorities.isEmpty()) {
      throw CommandFailure.usage("name authorities, or give --all");
    }
    return change.make(session -> {
      var publication = new CrlPublication(session);
      var names = names(session.folder(), authorities);
      return new Report(
          "trustme/pki-crl/1",
          change.dryRun(),
          delta ? publication.delta(names) : publication.full(names));
    });
  }

  /** These authorities of the folder, or all of them where none is named. */
  static List<String> names(PkiFolder folder, List<String> named) {
    for (String name : named) {
      if (!folder.authorities().contains(name)) {
        throw CommandFailure.usage(
            "the folder has no authority '%s'; it has: %s"
                .formatted(name, String.join(", ", folder.authorities())));
      }
    }
    return named.isEmpty() ? List.copyOf(folder.authorities()) : List.copyOf(named);
  }
}
