// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.release.Floors;
import dev.trustme.release.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sign release show}: what a release manifest says. */
@Command(
    name = "show",
    description = {
      "Show a release manifest and its signatures.",
      "",
      "Says whether each signature holds for the certificate beside it, not whether anybody trusts"
          + " that certificate: 'trustme verify' does, with roots and a threshold."
    },
    footer = {"", "Example:", "  trustme sign release show release.json"},
    mixinStandardHelpOptions = true)
final class ReleaseShowCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "FILE", description = "The release manifest (DSSE).")
  private @Nullable Path file;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String file,
      Digest digest,
      List<ReleaseFile.Signature> signatures,
      ReleaseManifest manifest) {
    String text() {
      var text = new StringBuilder();
      text.append(
          "%s  %s %d  %s to %s\n"
              .formatted(
                  file,
                  manifest.name(),
                  manifest.sequence(),
                  manifest.created(),
                  manifest.notAfter()));
      signatures.forEach(s ->
          text.append(
              "  %s  %s  %s\n"
                  .formatted(
                      s.holds() ? "signed by" : "NOT signed by", s.subject(), s.certificate())));
      manifest.floors().ifPresent(floors -> text.append(words(floors)));
      manifest
          .artifacts()
          .forEach(a ->
              text.append(
                  "  %-9s %s  %s\n".formatted(a.kind(), a.name(), a.digests().get("sha256"))));
      manifest
          .containers()
          .forEach(c ->
              text.append(
                  "  container %s %d  %s\n".formatted(c.name(), c.version(), c.manifest())));
      manifest
          .measurements()
          .forEach(m ->
              text.append(
                  "  PCR %-3d   %s  %s %s, %d events\n"
                      .formatted(m.pcr(), m.value(), m.path(), m.phase(), m.events().size())));
      manifest
          .files()
          .ifPresent(files -> text.append("  files     %d\n".formatted(files.byPath().size())));
      return text.toString();
    }

    private static String words(Floors floors) {
      return "  floors    release %d, containers %s, SBAT %s\n"
          .formatted(floors.release(), floors.containers(), floors.sbat());
    }
  }

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path input = requireNonNull(file);
    var release = ReleaseFile.read(input);
    var report =
        new Report(
            "trustme/shown-release/1",
            input.toString(),
            HashAlgorithm.SHA256.digest(release.envelope().payload()),
            release.signatures(),
            release.manifest());
    output.result(report, report::text);
    boolean all = report.signatures().stream().allMatch(ReleaseFile.Signature::holds);
    return all ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }
}
