// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The running program's identity. */
final class Program {
  private static volatile Transcript.@Nullable Program known;

  private Program() {}

  /** What {@link #compute} found; the class path does not change while the program runs. */
  static Transcript.Program running() throws IOException {
    var found = known;
    if (found == null) {
      found = compute();
      known = found;
    }
    return found;
  }

  /**
   * SHA-256 over lines {@code digest, two spaces, name} of all jars and classes, sorted by name.
   */
  private static Transcript.Program compute() throws IOException {
    var digests = new TreeMap<String, String>();
    for (String entry : Arrays.asList(System.getProperty("java.class.path", "").split(":"))) {
      Path path = Path.of(entry);
      if (!entry.isEmpty() && Files.isDirectory(path)) {
        FolderFiles.of(path).forEach((name, file) -> digests.put(name, file.sha256().hex()));
      } else if (!entry.isEmpty() && Files.isRegularFile(path)) {
        String name = String.valueOf(path.getFileName());
        digests.put(name, FolderFiles.digest(name, path, Long.MAX_VALUE).sha256().hex());
      }
    }
    String list =
        digests.entrySet().stream()
            .map(e -> "%s  %s\n".formatted(e.getValue(), e.getKey()))
            .collect(Collectors.joining());
    return new Transcript.Program(
        HashAlgorithm.SHA256.digest(Bytes.utf8(list)), Runtime.version().toString());
  }
}
