// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pki profile show}: the shipped profiles, or the tree that one of them becomes. */
@Command(
    name = "show",
    description = {
      "Show the shipped profiles, or the tree of certificates that a profile becomes.",
      "",
      "With --text the profile itself, comments included, to be copied and changed."
    },
    footer = {
      "",
      "Example:",
      "  trustme pki profile show",
      "  trustme pki profile show device",
      "  trustme pki profile show device --text > mine.yaml"
    },
    mixinStandardHelpOptions = true)
final class ProfileShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "NAME|FILE",
      arity = "0..1",
      description = "A shipped profile or a YAML file.")
  private Optional<String> name = Optional.empty();

  @Option(names = "--text", description = "Print the profile's own text.")
  private boolean text;

  /** What {@code --json} prints without a name. */
  record Shipped(String schema, List<Entry> profiles) {}

  /** One shipped profile. */
  record Entry(String name, String about) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    if (name.isEmpty()) {
      list();
      return ExitCode.ACCEPTED;
    }
    var source = ProfileSource.of(name.get());
    if (text) {
      output.raw(source.text().toArray());
    } else {
      var report = ProfileReport.of(source.profile());
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  private void list() throws IOException, FormatException {
    List<Entry> entries = new ArrayList<>();
    for (String shipped : Profile.SHIPPED) {
      entries.add(new Entry(shipped, ProfileSource.of(shipped).profile().about().orElse("")));
    }
    output.result(
        new Shipped("trustme/profiles/1", entries),
        () ->
            String.join(
                "\n",
                entries.stream().map(e -> "%-14s %s".formatted(e.name(), e.about())).toList()));
  }
}
