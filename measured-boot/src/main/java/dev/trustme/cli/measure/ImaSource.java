// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The IMA log that a command looks at: a file, an evidence file that holds one, or the kernel's.
 */
final class ImaSource {
  /** What {@code --format} takes. */
  enum Format {
    auto,
    binary,
    ascii
  }

  private static final Path FOLDER = Path.of("/sys/kernel/security/ima");
  private static final List<String> NAMES =
      List.of("binary_runtime_measurements", "ascii_runtime_measurements");
  private static final int PREFIX = 4;

  /** The log of this machine in the form that evidence holds. */
  static final Path OWN_BINARY_LOG = FOLDER.resolve(NAMES.getFirst());

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = {
        "An IMA log as Linux shows it (binary_runtime_measurements or ascii_runtime_measurements),"
            + " or an evidence.json that holds one. Without it, the log of this machine."
      })
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "FORM",
      defaultValue = "auto",
      description = "binary, ascii, or auto (by the first bytes; the default).")
  private Format format = Format.auto;

  @Option(
      names = "--big-endian",
      description = "The log of a big-endian machine without ima_canonical_fmt.")
  private boolean bigEndian;

  @Option(
      names = "--template-hash",
      paramLabel = "HASH",
      defaultValue = "sha1",
      description =
          "The algorithm of the logged template hashes: sha1 (default), or that of one of the"
              + " per-algorithm lists of newer kernels.")
  private String templateHash = "sha1";

  /** What is read, as it is named in messages. */
  Path path() throws IOException {
    if (file != null) {
      return file;
    }
    for (String name : NAMES) {
      if (Files.isReadable(FOLDER.resolve(name))) {
        return FOLDER.resolve(name);
      }
    }
    throw new NoSuchFileException(
        FOLDER.resolve(NAMES.getFirst()).toString(),
        null,
        "this machine has no IMA log that can be read; name a file");
  }

  ImaReader open() throws IOException, FormatException {
    HashAlgorithm hash =
        HashAlgorithm.byLabel(templateHash)
            .orElseThrow(
                () -> CommandFailure.usage("--template-hash: unknown hash " + templateHash));
    Path path = path();
    Inputs.requireReadable(path);
    // securityfs reports a size of 0: only reading shows what is there.
    InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    in.mark(PREFIX);
    byte[] first = in.readNBytes(PREFIX);
    in.reset();
    if (LogSource.isJson(Bytes.copyOf(first))) {
      in.close();
      Bytes log = evidence(path);
      first = log.slice(0, Math.min(PREFIX, log.size())).toArray();
      in = new ByteArrayInputStream(log.toArray());
    }
    var order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return ImaReader.of(in, new ImaFormat(encoding(first), order, hash));
  }

  private ImaFormat.Encoding encoding(byte[] first) {
    return switch (format) {
      case auto -> ImaFormat.encodingOf(first);
      case binary -> ImaFormat.Encoding.BINARY;
      case ascii -> ImaFormat.Encoding.ASCII;
    };
  }

  private static Bytes evidence(Path path) throws IOException, FormatException {
    try {
      return Evidence.parse(Inputs.read(path, Evidence.MAX_BYTES))
          .logs()
          .ima()
          .orElseThrow(() -> new FormatException("evidence", 0, "holds no IMA log"));
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }
}
