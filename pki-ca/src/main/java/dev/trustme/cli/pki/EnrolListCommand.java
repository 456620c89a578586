// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.enrol.DeviceRegister;
import dev.trustme.enrol.RegisteredDevice;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pki enrol list}. */
@Command(
    name = "list",
    description =
        "List the enrolled devices: since when, in which TPM, and whether they still are.",
    footer = {"", "Example:", "  trustme pki enrol list --pki pki"},
    mixinStandardHelpOptions = true)
final class EnrolListCommand implements Callable<ExitCode> {
  @Mixin private EnrolFolder folder = new EnrolFolder();
  @Mixin private Output output = new Output();

  private record Row(String device, String state, Instant enrolled, String tpm, int enrolments) {
    static Row of(RegisteredDevice device) {
      var current = device.current();
      return new Row(
          device.device().uuid(),
          EnrolListCommand.state(device),
          current.enrolled(),
          current.tpm().manufacturer() + " " + current.tpm().model(),
          device.enrolments().size());
    }
  }

  private record Listing(String schema, List<Row> devices) {}

  static String state(RegisteredDevice device) {
    return device.current().revoked().map(r -> "revoked " + r.reason().label()).orElse("active");
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    List<Row> rows = new ArrayList<>();
    int[] count = {0};
    new DeviceRegister(folder.open())
        .each(device -> {
          var row = Row.of(device);
          count[0]++;
          if (output.json()) {
            rows.add(row);
          } else {
            output.line(
                "%s  %s  %-8s  %s".formatted(row.device(), row.enrolled(), row.state(), row.tpm()));
          }
        });
    output.result(
        new Listing("trustme/registered-devices/1", rows),
        () -> count[0] == 1 ? "1 device" : count[0] + " devices");
    return ExitCode.ACCEPTED;
  }
}
