// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.SignatureException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

class LauncherTest {
  /** A tool whose only verb ends in the given way. */
  @Command(name = "trustme test", subcommands = Verb.class)
  static final class Tool {}

  @Command(name = "verb", mixinStandardHelpOptions = true)
  static final class Verb implements Callable<ExitCode> {
    @Mixin Output output;

    @Option(names = "--end", required = true)
    private String end;

    @Override
    public ExitCode call() throws Exception {
      return switch (end) {
        case "accepted" -> ExitCode.ACCEPTED;
        case "rejected" -> ExitCode.REJECTED;
        case "refused" -> throw CommandFailure.rejected("web 7 may not start");
        case "malformed" ->
            throw new FormatException("TCG_PCR_EVENT2", 8, "need 4 bytes, 2 remain").in("log.bin");
        case "missing" -> throw new NoSuchFileException("a.bin");
        case "io" -> throw new IOException("disk\nfull");
        case "secret" -> throw new SignatureException("wrong passphrase");
        case "interrupted" -> throw new InterruptedException();
        default -> throw new IllegalStateException("unexpected");
      };
    }
  }

  private record Ending(int code, String err) {}

  private static Ending end(String... args) {
    PrintStream before = System.err;
    var captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      int code = Launcher.run(new Tool(), args);
      return new Ending(code, captured.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  private static Ending verb(String end) {
    return end("verb", "--end", end);
  }

  @Test
  void everyEndingHasItsExitCode() {
    var codes =
        List.of(
            verb("accepted").code(),
            verb("rejected").code(),
            verb("refused").code(),
            verb("malformed").code(),
            verb("missing").code(),
            verb("io").code(),
            verb("secret").code(),
            verb("interrupted").code(),
            verb("bug").code());
    assertEquals(List.of(0, 1, 1, 3, 4, 4, 1, 130, 70), codes);
  }

  @Test
  void malformedInputNamesFileStructureAndOffset() {
    assertEquals(
        "trustme: log.bin: TCG_PCR_EVENT2 at offset 8 (0x8): need 4 bytes, 2 remain\n",
        verb("malformed").err());
  }

  @Test
  void anErrorIsOneLine() {
    assertEquals("trustme: disk full\n", verb("io").err());
    assertEquals("trustme: a.bin: no such file\n", verb("missing").err());
  }

  @Test
  void onlyABugPrintsATrace() {
    assertTrue(verb("bug").err().contains("IllegalStateException"));
    assertFalse(verb("refused").err().contains("\tat "));
  }

  @Test
  void anUnknownOptionIsAUsageErrorThatPointsToHelp() {
    Ending ending = end("verb", "--ned", "accepted");
    assertEquals(2, ending.code());
    assertTrue(ending.err().contains("trustme test verb --help"), ending.err());
  }

  @Test
  void theWorstOfManyCounts() {
    assertEquals(ExitCode.IO, ExitCode.worst(List.of(ExitCode.REJECTED, ExitCode.IO)));
    assertEquals(
        ExitCode.MALFORMED, ExitCode.worst(List.of(ExitCode.MALFORMED, ExitCode.REJECTED)));
    assertEquals(ExitCode.ACCEPTED, ExitCode.worst(List.of()));
  }
}
