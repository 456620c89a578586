// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.issue.PkiFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which log: that of a PKI folder, or a file. */
final class AuditSource {
  @Option(names = "--pki", paramLabel = "DIR", description = "The PKI folder.")
  private @Nullable Path pki;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "A log.jsonl without its folder.")
  private @Nullable Path file;

  /** The folder, where one was named; what is named as a file but is a folder counts too. */
  Optional<PkiFolder> folder() throws IOException, FormatException {
    if ((pki == null) == (file == null)) {
      throw CommandFailure.usage("name a PKI folder (--pki DIR) or a log's file");
    }
    if (pki != null) {
      return Optional.of(PkiFolder.open(pki));
    }
    return file != null && Files.isDirectory(file)
        ? Optional.of(PkiFolder.open(file))
        : Optional.empty();
  }

  Path log() throws IOException, FormatException {
    var folder = folder();
    if (folder.isPresent()) {
      return folder.get().log().file();
    }
    return java.util.Objects.requireNonNull(file);
  }
}
