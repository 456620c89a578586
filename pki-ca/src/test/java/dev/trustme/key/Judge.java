// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.Arrays;

/** Runs an independent tool (openssl, efitools, sbsigntools) on what we wrote. */
public final class Judge {
  private Judge() {}

  /** What the tool says; it must succeed. */
  public static String accepts(Object... command) throws IOException, InterruptedException {
    var run = Run.of(command);
    assertEquals(0, run.code, () -> Arrays.toString(command) + "\n" + run.words);
    return run.words;
  }

  /** What the tool says; it must fail. */
  public static String refuses(Object... command) throws IOException, InterruptedException {
    var run = Run.of(command);
    assertNotEquals(0, run.code, () -> Arrays.toString(command) + "\n" + run.words);
    return run.words;
  }

  /** What an exception says. */
  static String words(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  private record Run(int code, String words) {
    static Run of(Object... command) throws IOException, InterruptedException {
      var line = Arrays.stream(command).map(Object::toString).toList();
      var process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String words = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Run(process.waitFor(), words);
    }
  }
}
