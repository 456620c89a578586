// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.release.Artifact;
import dev.trustme.release.ReleaseDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign release diff}: what an update changes, and what it takes. */
@Command(
    name = "diff",
    description = {
      "Compare two release manifests: artefacts, containers, signers, floors, and every measured"
          + " event.",
      "",
      "Ends with what a device of the first release needs to accept the second: keys to enrol,"
          + " policies to sign again, floors that rise. Signatures are not judged."
    },
    footer = {"", "Example:", "  trustme sign release diff release-41.json release-42.json"},
    mixinStandardHelpOptions = true)
final class ReleaseDiffCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(index = "0", paramLabel = "BEFORE", description = "The release that devices run.")
  private @Nullable Path before;

  @Parameters(index = "1", paramLabel = "AFTER", description = "The release to come.")
  private @Nullable Path after;

  @Override
  public ExitCode call() throws IOException, FormatException {
    var diff =
        ReleaseDiff.of(
            ReleaseFile.read(requireNonNull(before)).manifest(),
            ReleaseFile.read(requireNonNull(after)).manifest());
    output.result(diff, () -> text(diff));
    return ExitCode.ACCEPTED;
  }

  private static String text(ReleaseDiff diff) {
    var text = new StringBuilder();
    text.append(
        "release %d to %d%s\n"
            .formatted(
                diff.sequence().before().orElseThrow(),
                diff.sequence().after().orElseThrow(),
                diff.isEmpty() ? ": the same but for name and dates" : ""));
    diff.artifacts()
        .forEach(
            a -> text.append(line(a.before(), a.after(), a.name(), ReleaseDiffCommand::sha256)));
    diff.containers()
        .forEach(c ->
            text.append(
                line(
                    c.before(),
                    c.after(),
                    "container " + c.name(),
                    x -> "version " + x.version())));
    diff.files()
        .forEach(f -> text.append(line(f.before(), f.after(), f.name(), digests -> digests)));
    for (var use : diff.signers()) {
      use.gone().forEach(d -> text.append("- signer of %s  %s\n".formatted(use.use(), d)));
      use.added().forEach(d -> text.append("+ signer of %s  %s\n".formatted(use.use(), d)));
    }
    for (var pcr : diff.measurements()) {
      text.append(
          "~ PCR %d (%s %s, %s)\n".formatted(pcr.pcr(), pcr.path(), pcr.phase(), pcr.bank()));
      for (var event : pcr.events()) {
        text.append(
            "    %s %s %s  %s\n"
                .formatted(event.sign(), event.type(), event.name(), event.digest()));
      }
    }
    text.append(diff.needs().isEmpty() ? "a device needs nothing for it\n" : "a device needs:\n");
    diff.needs().forEach(n -> text.append("  %s  %s\n".formatted(n.id(), n.words())));
    return text.toString();
  }

  private static Object sha256(Artifact artifact) {
    return requireNonNull(artifact.digests().get("sha256"));
  }

  private static <T> String line(
      Optional<T> before,
      Optional<T> after,
      String name,
      java.util.function.Function<T, Object> words) {
    String sign = before.isEmpty() ? "+" : after.isEmpty() ? "-" : "~";
    String was = before.map(words).map(Object::toString).orElse("");
    String is = after.map(words).map(Object::toString).orElse("");
    String both =
        was.equals(is) || was.isEmpty() || is.isEmpty()
            ? was + (was.equals(is) ? "" : is)
            : was + " to " + is;
    return "%s %s  %s\n".formatted(sign, name, both);
  }
}
