// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.enrol.DeviceRegister;
import dev.trustme.enrol.RegisteredDevice;
import dev.trustme.evidence.DeviceId;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pki enrol show}. */
@Command(
    name = "show",
    description = "Show one device: its TPM, its certificates, and what was before.",
    footer = {
      "",
      "Example:",
      "  trustme pki enrol show 7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44 --pki pki"
    },
    mixinStandardHelpOptions = true)
final class EnrolShowCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "UUID", description = "The device.")
  private String uuid = "";

  @Mixin private EnrolFolder folder = new EnrolFolder();
  @Mixin private Output output = new Output();

  private record Key(String serial, Digest certificate, Instant notAfter) {
    static Key of(X509CertificateHolder certificate) {
      return new Key(
          certificate.getSerialNumber().toString(16),
          Certificates.fingerprint(certificate),
          certificate.getNotAfter().toInstant());
    }

    String words() {
      return "serial %s, %s, until %s".formatted(serial, certificate, notAfter);
    }
  }

  private record Line(
      Instant enrolled,
      String tpm,
      Digest ek,
      Key ak,
      Key identity,
      Digest record,
      Optional<RegisteredDevice.Revoked> revoked) {
    static Line of(RegisteredDevice.Enrolment enrolment) throws FormatException {
      var tpm = enrolment.tpm();
      return new Line(
          enrolment.enrolled(),
          "%s %s %s".formatted(tpm.manufacturer(), tpm.model(), tpm.version()),
          enrolment.ek(),
          Key.of(enrolment.certificates().getFirst()),
          Key.of(enrolment.certificates().getLast()),
          enrolment.record(),
          enrolment.revoked());
    }

    String text() {
      return """
        enrolled  %s%s
        TPM       %s, endorsement key %s
        AK        %s
        identity  %s
        record    %s
      """
          .formatted(
              enrolled,
              revoked.map(r -> ", REVOKED %s: %s".formatted(r.at(), r.reason().label())).orElse(""),
              tpm,
              ek,
              ak.words(),
              identity.words(),
              record);
    }
  }

  private record Shown(
      String schema, DeviceId device, String state, List<Line> enrolments, boolean pending) {
    String text() {
      var text = new StringBuilder("%s  %s%n".formatted(device, state));
      enrolments.reversed().forEach(line -> text.append(line.text()));
      if (pending) {
        text.append("  a challenge waits for its answer\n");
      }
      return text.toString();
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    var pki = folder.open();
    var device = EnrolFolder.registered(pki, EnrolFolder.device(uuid));
    List<Line> lines = new ArrayList<>();
    for (var enrolment : device.enrolments()) {
      lines.add(Line.of(enrolment));
    }
    var shown =
        new Shown(
            "trustme/registered-device-report/1",
            device.device(),
            EnrolListCommand.state(device),
            lines,
            new DeviceRegister(pki).pending(device.device()).isPresent());
    output.result(shown, shown::text);
    return ExitCode.ACCEPTED;
  }
}
