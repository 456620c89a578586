// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.enforce.Installer;
import dev.trustme.store.InstalledContainer;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code device install}. */
@Command(
    name = "install",
    description = {
      "Take a sealed container into the store, if its manifest is signed by a container key",
      "under the store's roots, its image is the signed one, and its version does not fall."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  trustme device install web.sealed --store /var/lib/trustme"})
final class InstallCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "SEALED", description = "The OCI layout that 'sign container' wrote.")
  private Path sealed = Path.of("");

  @Mixin private final StoreOption store = new StoreOption();
  @Mixin private final Times times = new Times();
  @Mixin private final Output output = new Output();

  @Override
  public ExitCode call() throws IOException, FormatException {
    return switch (new Installer(store.open(), times.now()).install(sealed)) {
      case Verdict.Rejected<InstalledContainer> rejected ->
          Decision.refuse(output, sealed.toString(), Optional.empty(), rejected);
      case Verdict.Accepted<InstalledContainer> accepted -> {
        var container = accepted.value();
        var decision = Decision.of(container.name(), Optional.of(container.version()), accepted);
        output.result(
            decision,
            () ->
                """
                %s   %s %d%s
                Next: trustme device start %s --store %s
                """
                    .formatted(
                        output.good("installed"),
                        container.name(),
                        container.version(),
                        decision.warnings(),
                        container.name(),
                        store.folder()));
        yield ExitCode.ACCEPTED;
      }
    };
  }
}
