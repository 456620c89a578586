// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.CertificateFinder;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.RevocationReason;
import dev.trustme.issue.Revocations;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki revoke}: certificates that shall count no more. */
@Command(
    name = "revoke",
    description = {
      "Revoke certificates: of a role or an authority, of a file, or by their serial number.",
      "",
      "A role or authority means its present certificate; NAME-2 and the like mean that generation."
          + " There is no way back, and no hold: what was signed during one could be judged by"
          + " nobody."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki revoke --pki pki container --reason key-compromise",
      "  trustme pki revoke --pki pki device.pem serial:5f3c… --reason superseded",
      "  trustme pki crl --pki pki device"
    },
    mixinStandardHelpOptions = true)
final class RevokeCommand implements Callable<ExitCode> {
  @Mixin private PkiChange change = new PkiChange();

  @Parameters(
      paramLabel = "CERTIFICATE",
      arity = "1..*",
      description = "A role, an authority, a file (PEM or DER), or serial:HEX.")
  private List<String> certificates = List.of();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      required = true,
      description =
          "unspecified, key-compromise, ca-compromise, affiliation-changed, superseded,"
              + " cessation-of-operation or privilege-withdrawn.")
  private String reason = "";

  /** One revoked certificate; {@code issuer} is the generation of the authority that lists it. */
  record Revoked(
      String authority,
      String issuer,
      String subject,
      String serial,
      RevocationReason reason,
      Instant at) {}

  record Report(String schema, boolean dryRun, List<Revoked> revoked) implements PkiChange.Report {
    @Override
    public String text() {
      String lines =
          revoked.stream()
              .map(r ->
                  "revoked  %s  serial %s  %s"
                      .formatted(r.subject(), r.serial(), r.reason().label()))
              .collect(Collectors.joining("\n"));
      String issuers =
          revoked.stream().map(Revoked::authority).distinct().collect(Collectors.joining(" "));
      return lines
          + "\nNobody knows yet: publish a new list with 'trustme pki crl "
          + issuers
          + "'";
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    RevocationReason why = reason();
    return change.make(session -> {
      var folder = session.folder();
      var revocations = Revocations.of(folder);
      List<Revoked> revoked = new ArrayList<>();
      for (String name : certificates) {
        revocations =
            revocations.revoke(session.transaction(), find(folder, name), why, session.at());
        var entry = revocations.revoked().getLast();
        revoked.add(
            new Revoked(
                authority(folder, entry.issuer()),
                entry.issuer(),
                entry.subject(),
                entry.serial(),
                entry.reason(),
                session.at()));
      }
      return new Report("trustme/pki-revoke/1", change.dryRun(), revoked);
    });
  }

  /** Whose generation this is: NAME-2 is of NAME, unless an authority is named NAME-2 itself. */
  private static String authority(PkiFolder folder, String generation) {
    return folder.authorities().contains(generation)
        ? generation
        : generation.replaceFirst("-[0-9]+$", "");
  }

  private RevocationReason reason() {
    try {
      return RevocationReason.byLabel(reason);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          reason.equals("certificate-hold")
              ? "--reason certificate-hold: there is no hold; revoke, and issue anew later"
              : "--reason: " + e.getMessage());
    }
  }

  private static X509CertificateHolder find(PkiFolder folder, String name)
      throws IOException, FormatException, GeneralSecurityException {
    return CertificateFinder.in(folder).find(name);
  }
}
