// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

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
}
