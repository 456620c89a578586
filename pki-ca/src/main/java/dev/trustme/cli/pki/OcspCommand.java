// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.OcspPublication;
import dev.trustme.issue.OcspPublication.Published;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki ocsp}: answers that are signed before anybody asks. */
@Command(
    name = "ocsp",
    description = {
      "Sign an OCSP response for every certificate of an authority that has not expired.",
      "",
      "They lie in ocsp/NAME/SERIAL.ocsp and serve as TLS staples. A responder that the authority"
          + " delegated to signs them; its key is renewed when its end is near."
    },
    footer = {"", "Example:", "  trustme pki ocsp --pki pki device"},
    mixinStandardHelpOptions = true)
final class OcspCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();

  @Parameters(paramLabel = "AUTHORITY", arity = "1..*", description = "Authorities of the folder.")
  private List<String> authorities = List.of();

  @Option(
      names = "--serial",
      paramLabel = "HEX",
      description = "Answer 'unknown' for this serial number too, if it was never issued.")
  private List<String> serials = List.of();

  record Report(String schema, boolean dryRun, List<Published> responses)
      implements PkiChange.Report {
    @Override
    public String text() {
      return responses.stream()
              .map(r ->
                  "%s  %d good, %d revoked%s  until %s%s"
                      .formatted(
                          r.folder(),
                          r.good(),
                          r.revoked(),
                          r.unknown() == 0 ? "" : ", %d unknown".formatted(r.unknown()),
                          r.nextUpdate(),
                          r.newResponder() ? "  (new responder key)" : ""))
              .collect(Collectors.joining("\n"))
          + "\nBring the responses to who serves them, and sign new ones before these end.";
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    List<BigInteger> further = serials.stream().map(OcspCommand::serial).toList();
    return change.make(session -> {
      var publication = new OcspPublication(session);
      List<Published> responses = new ArrayList<>();
      for (String authority : CrlCommand.names(session.folder(), authorities)) {
        responses.addAll(publication.publish(authority, further));
      }
      return new Report("trustme/pki-ocsp/1", change.dryRun(), responses);
    });
  }

  private static BigInteger serial(String hex) {
    if (!hex.matches("[0-9A-Fa-f]{1,40}")) {
      throw CommandFailure.usage("--serial: expected up to 20 bytes of hex, found " + hex);
    }
    return new BigInteger(hex, 16);
  }
}
