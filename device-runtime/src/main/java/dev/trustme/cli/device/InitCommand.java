// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.store.DeviceConfig;
import dev.trustme.store.DeviceStore;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code device init}. */
@Command(
    name = "init",
    description = "Make a store that trusts these roots, and nobody else.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  trustme device init --store /var/lib/trustme --roots pki/certs/software-root.pem"
    })
final class InitCommand implements Callable<ExitCode> {
  @Mixin private final StoreOption store = new StoreOption();

  @Option(
      names = "--roots",
      paramLabel = "FILE",
      required = true,
      description = "Certificates of the roots whose containers may run (PEM or DER); repeatable.")
  private List<Path> roots = new ArrayList<>();

  @Option(
      names = "--pcr",
      paramLabel = "N",
      defaultValue = "13",
      description = "The PCR that starts are measured into (default: ${DEFAULT-VALUE}).")
  private int pcr = DeviceConfig.DEFAULT_PCR;

  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException {
    var anchors = TrustStore.load(roots);
    var made = DeviceStore.create(store.folder(), anchors, config());
    var fingerprints =
        anchors.anchors().stream().map(a -> Certificates.fingerprint(a).toString()).toList();
    output.result(
        new Made("trustme/device-store/1", made.config().pcr(), fingerprints),
        () ->
            """
            %s  measures into PCR %d and trusts
            %s
            Next: trustme device install SEALED --store %s
            """
                .formatted(
                    store.folder(),
                    pcr,
                    anchors.anchors().stream()
                        .map(a -> "  %s  %s".formatted(a.getSubject(), Certificates.fingerprint(a)))
                        .collect(Collectors.joining("\n")),
                    store.folder()));
    return ExitCode.ACCEPTED;
  }

  private DeviceConfig config() {
    try {
      return DeviceConfig.of(pcr);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
  }

  private record Made(String schema, int pcr, List<String> roots) {}
}
