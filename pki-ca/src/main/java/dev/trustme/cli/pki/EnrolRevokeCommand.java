// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.enrol.Enroller;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.RevocationReason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki enrol revoke}. */
@Command(
    name = "revoke",
    description = {
      "Revoke both certificates of a device: lost, stolen, or out of service.",
      "",
      "They are on the lists that 'trustme pki crl' makes from now on. The UUID stays taken; only"
          + " 'trustme pki enrol replace' enrols it again."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki enrol revoke 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44 --pki pki \\",
      "      --reason key-compromise",
      "Then: trustme pki crl --pki pki --all"
    },
    mixinStandardHelpOptions = true)
final class EnrolRevokeCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "UUID", description = "The device.")
  private String uuid = "";

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      required = true,
      description = "key-compromise, cessation-of-operation, superseded, ... (RFC 5280, 5.3.1).")
  private String reason = "";

  @Mixin private EnrolFolder folder = new EnrolFolder();
  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  private record Revoked(String schema, DeviceId device, RevocationReason reason, Instant at) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var why = why();
    var id = EnrolFolder.device(uuid);
    Instant at = times.now();
    try (var transaction = folder.open().begin()) {
      var device = EnrolFolder.registered(transaction.folder(), id);
      if (!device.current().active()) {
        throw CommandFailure.rejected(
            "%s is %s already".formatted(id, EnrolListCommand.state(device)));
      }
      new Enroller(transaction).revoke(device, why, at);
      transaction.commit(at);
    }
    output.result(
        new Revoked("trustme/registered-device-revoked/1", id, why, at),
        () ->
            "%s  revoked: %s; next: trustme pki crl --pki %s --all"
                .formatted(id, why.label(), folder.path()));
    return ExitCode.ACCEPTED;
  }

  private RevocationReason why() {
    try {
      return RevocationReason.byLabel(reason);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--reason: " + e.getMessage());
    }
  }
}
