// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.store.InstalledContainer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code device list}. */
@Command(
    name = "list",
    description = "List what is installed. Nothing is verified here; every start verifies.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme device list --store /var/lib/trustme"})
final class ListCommand implements Callable<ExitCode> {
  @Mixin private final StoreOption store = new StoreOption();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException {
    var containers = store.open().installed();
    output.result(
        new Listing(
            "trustme/device-list/1",
            containers.stream()
                .map(c -> new Entry(c.name(), c.version(), c.installedAt()))
                .toList()),
        () -> text(containers));
    return ExitCode.ACCEPTED;
  }

  private static String text(List<InstalledContainer> containers) {
    return containers.isEmpty()
        ? "no container is installed"
        : containers.stream()
            .map(c -> "%-24s %6d   installed %s".formatted(c.name(), c.version(), c.installedAt()))
            .collect(Collectors.joining("\n"));
  }

  private record Listing(String schema, List<Entry> containers) {}

  private record Entry(String name, long version, Instant installedAt) {}
}
