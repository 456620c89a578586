// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.eventlog.CcEventLog;
import dev.trustme.eventlog.CcRegister;
import dev.trustme.eventlog.EventLog;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The log that a command looks at: a file, an evidence file that holds one, or this machine's. */
final class LogSource {
  /** Whose registers a log speaks of; its bytes do not tell. */
  enum Format {
    tpm,
    cc
  }

  private static final Path ROOT = Path.of("/");
  private static final String TPM_LOGS = "sys/kernel/security";
  private static final String TPM_LOG = "binary_bios_measurements";
  private static final String CC_LOG = "sys/firmware/acpi/tables/data/CCEL";
  private static final long MAX_BYTES = 64 << 20;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = {
        "An event log as Linux exports it (binary_bios_measurements), or an evidence.json that holds"
            + " one. Without it, the log of this machine."
      })
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "tpm",
      description =
          "tpm, or cc for the log of a confidential guest (ACPI table CCEL), whose registers are"
              + " MRTD and RTMR0 to 3; the two look alike, so nothing is guessed.")
  private Format format = Format.tpm;

  private @Nullable Path found;

  Format format() {
    return format;
  }

  /** What an entry's index stands for: {@code PCR 7}, or {@code RTMR0} of a confidential guest. */
  String register(int index) {
    return switch (format) {
      case tpm -> "PCR " + index;
      case cc -> CcRegister.at(index).map(CcRegister::name).orElse("register " + index);
    };
  }

  /** The file that was named, or this machine's log. */
  Path path() throws IOException {
    if (file != null) {
      return file;
    }
    if (found == null) {
      found = ownLog(ROOT, format);
    }
    return found;
  }

  static boolean isJson(Bytes content) {
    return content.startsWith(Bytes.utf8("{"));
  }

  /** The log; of a confidential guest its entries, whose indexes are those of its registers. */
  EventLog read() throws IOException, FormatException {
    return format == Format.cc ? readCc().entries() : read(path());
  }

  CcEventLog readCc() throws IOException, FormatException {
    Path path = path();
    try {
      return CcEventLog.parse(bytes(path));
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  static EventLog read(Path path) throws IOException, FormatException {
    Bytes content = bytes(path);
    try {
      return EventLog.parse(isJson(content) ? Evidence.parse(content).logs().tcg() : content);
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  /** The kernel gives its logs a size of 0: read to the end, whatever the size. */
  private static Bytes bytes(Path path) throws IOException {
    if (Files.exists(path) && !Files.isReadable(path)) {
      throw new CommandFailure(
          ExitCode.IO, path + ": permission denied; the kernel shows its logs to root: use sudo");
    }
    return Inputs.read(path, MAX_BYTES);
  }

  /** This machine's log, of the first TPM that has one. */
  static Path ownLog(Path root, Format format) throws IOException {
    if (format == Format.cc) {
      return require(root.resolve(CC_LOG), "this machine is no confidential guest; name a file");
    }
    Path folder = root.resolve(TPM_LOGS);
    List<Path> logs = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (var tpms = Files.newDirectoryStream(folder, "tpm[0-9]*")) {
        tpms.forEach(tpm -> logs.add(tpm.resolve(TPM_LOG)));
      }
    }
    Path first = folder.resolve("tpm0").resolve(TPM_LOG);
    return require(
        logs.stream().filter(Files::exists).sorted().findFirst().orElse(first),
        "this machine has no TPM event log; name a file");
  }

  private static Path require(Path log, String otherwise) throws IOException {
    if (!Files.exists(log)) {
      throw new NoSuchFileException(log.toString(), null, otherwise);
    }
    return log;
  }
}
