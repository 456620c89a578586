// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs an independent implementation. */
public final class Judge {
  private Judge() {}

  /** How it ended and what it said. */
  public record Result(int code, String output) {}

  public static Result run(Path folder, String... command)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** It must accept. */
  public static String accepts(Path folder, String... command)
      throws IOException, InterruptedException {
    var result = run(folder, command);
    assertEquals(0, result.code(), result.output());
    return result.output();
  }

  /** The kernel's sign-file, of the packages linux-kbuild-*, installed or unpacked by the demo. */
  public static List<Path> signFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (var place :
        Map.of(
                Path.of("/usr/lib"),
                "linux-kbuild-*/scripts/sign-file",
                Path.of(System.getProperty("user.home"), ".cache/trustme"),
                "linux-kbuild-*/usr/lib/linux-kbuild-*/scripts/sign-file")
            .entrySet()) {
      var matcher =
          place
              .getKey()
              .getFileSystem()
              .getPathMatcher("glob:" + place.getKey() + "/" + place.getValue());
      if (Files.isDirectory(place.getKey())) {
        try (var files =
            Files.find(place.getKey(), 6, (path, attributes) -> matcher.matches(path))) {
          files.forEach(found::add);
        }
      }
    }
    return found;
  }
}
