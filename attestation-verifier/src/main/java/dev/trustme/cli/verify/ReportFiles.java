// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.Secrets;
import dev.trustme.files.Outputs;
import dev.trustme.report.AttestationResult;
import dev.trustme.report.HtmlReport;
import dev.trustme.report.JUnitReport;
import dev.trustme.report.ReportSources;
import dev.trustme.report.ResultSigner;
import dev.trustme.report.VerdictReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The forms of a verdict that go to files, whatever the verdict is. */
final class ReportFiles {
  @Mixin private Secrets secrets = new Secrets();

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write the verdict as one page for people: causes, the boot as a timeline, PCRs, checks.")
  private @Nullable Path html;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write JUnit XML for a pipeline: one test case for each check.")
  private @Nullable Path junit;

  @Option(
      names = "--ear",
      paramLabel = "FILE",
      description = "Write an EAT attestation result, a signed JWT; needs --ear-key.")
  private @Nullable Path ear;

  @Option(
      names = "--ear-key",
      paramLabel = "FILE",
      description = "The key that signs it: PKCS#8 or PKCS#12; EC, RSA or Ed25519.")
  private @Nullable Path earKey;

  @Option(names = "--force", description = "Replace reports that exist.")
  private boolean force;

  private Optional<ResultSigner> signer = Optional.empty();

  /** Fails before anything is judged if a report could not be written or signed. */
  void prepare() throws IOException, FormatException, GeneralSecurityException {
    for (Path file : Stream.of(html, junit, ear).flatMap(Stream::ofNullable).toList()) {
      Outputs.requireAbsent(file, force);
      requireFolder(file);
    }
    if ((ear == null) != (earKey == null)) {
      throw CommandFailure.usage("--ear and --ear-key belong together");
    }
    if (earKey != null) {
      signer = Optional.of(ResultKey.load(earKey, secrets));
    }
  }

  static void requireFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(file + ": the folder " + folder + " does not exist");
    }
  }

  void write(VerdictReport report, ReportSources sources, Bytes policy)
      throws IOException, GeneralSecurityException {
    if (html != null) {
      Outputs.write(html, HtmlReport.of(report, sources), force);
    }
    if (junit != null) {
      Outputs.write(junit, JUnitReport.of(report), force);
    }
    if (ear != null && signer.isPresent()) {
      Outputs.write(
          ear, AttestationResult.sign(report, sources.evidence(), policy, signer.get()), force);
    }
  }
}
