// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Outputs;
import dev.trustme.foreign.ToolsFiles;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify import}. */
@Command(
    name = "import",
    description = {
      "Make evidence of the files that tpm2-tools write.",
      "",
      "Reads these from the folder, or from where an option says: quote.msg (tpm2_quote -m),"
          + " quote.sig (-s) or quote.plain (-s with -f plain), quote.pcrs (-o, with -F serialized"
          + " or values), ak.pub (TPM2B_PUBLIC) or ak.pem, eventlog.bin; and if they are there"
          + " ak.crt, ek.crt, enrolment.json, ima.bin, userspace.log, containers.log.",
      "",
      "Nothing is judged here: give the result to 'trustme verify evidence'."
    },
    footer = {
      "",
      "Example:",
      "  tpm2_quote -c ak.ctx -l sha256:0,1,2,3,4,5,6,7,8,9,11,12,13,14 -q $NONCE \\",
      "      -m dev/quote.msg -s dev/quote.sig -o dev/quote.pcrs",
      "  trustme verify import dev --device UUID -o evidence.json"
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "DIR", description = "The folder with the files.")
  private @Nullable Path folder;

  @Option(
      names = "--device",
      paramLabel = "UUID",
      required = true,
      description = "Whose evidence it is said to be.")
  private String device = "";

  @Option(
      names = "-o",
      paramLabel = "FILE",
      required = true,
      description = "Where to write the evidence.")
  private @Nullable Path target;

  @Option(names = "--force", description = "Replace an existing file.")
  private boolean force;

  @Mixin private ImportedFiles files = new ImportedFiles();
  @Mixin private Times times = new Times();
  @Mixin private Output output = new Output();

  private record Imported(String schema, String device, String nonce, String evidence) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path out = requireNonNull(target);
    Outputs.requireAbsent(out, force);
    Path from = requireNonNull(folder);
    if (!Files.isDirectory(from)) {
      throw new IOException(from + ": is no folder");
    }
    Evidence evidence;
    try {
      evidence = read(from).evidence(device(), files.vouchers(from), times.now());
    } catch (FormatException e) {
      throw e.in(from.toString());
    }
    Outputs.write(out, Json.writePretty(evidence), force);
    output.result(
        new Imported(
            "trustme/import/1", evidence.device().uuid(), evidence.nonce().hex(), out.toString()),
        () ->
            "%s: evidence of %s over the nonce %s%njudge it: trustme verify evidence %s …"
                .formatted(out, evidence.device(), evidence.nonce().hex(), out));
    return ExitCode.ACCEPTED;
  }

  private DeviceId device() {
    try {
      return new DeviceId(device);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--device: " + e.getMessage());
    }
  }

  private ToolsFiles read(Path from) throws IOException {
    return new ToolsFiles(
        files.message(from),
        files.signature(from),
        files.values(from),
        files.key(from),
        files.logs(from));
  }
}
