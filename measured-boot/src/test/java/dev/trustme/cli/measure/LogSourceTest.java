// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.TestLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSourceTest {
  private static final String LOG = "binary_bios_measurements";

  @TempDir private Path root = Path.of("");

  private Path create(String... path) throws IOException {
    Path file = root;
    for (String part : path) {
      file = file.resolve(part);
    }
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    return Files.write(file, new byte[0]);
  }

  @Test
  void takesTheFirstTpmThatHasALog() throws IOException {
    Files.createDirectories(root.resolve("sys/kernel/security/tpm0"));
    Path second = create("sys", "kernel", "security", "tpm1", LOG);
    create("sys", "kernel", "security", "tpm2", LOG);
    assertEquals(second, LogSource.ownLog(root, LogSource.Format.tpm));
    Path ccel = create("sys", "firmware", "acpi", "tables", "data", "CCEL");
    assertEquals(ccel, LogSource.ownLog(root, LogSource.Format.cc));
  }

  @Test
  void saysWhatIsMissing() {
    for (LogSource.Format format : LogSource.Format.values()) {
      var missing = assertThrows(NoSuchFileException.class, () -> LogSource.ownLog(root, format));
      assertTrue(String.valueOf(missing.getReason()).endsWith("name a file"));
    }
  }

  /** A pipe has no size either, and gives less than is asked for at each read. */
  @Test
  void readsToTheEndWhateverTheSizeSays()
      throws IOException, FormatException, InterruptedException {
    var log = TestLog.agile();
    for (int i = 0; i < 2000; i++) {
      log.measured(8, TcgEventType.EV_IPL, Bytes.utf8("grub_cmd: " + "x".repeat(40)));
    }
    Bytes bytes = log.build();
    assertTrue(bytes.size() > 65536);
    Path pipe = root.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    var writer = new ProcessBuilder("sh", "-c", "exec cat > \"$0\"", pipe.toString()).start();
    var feeder =
        Thread.startVirtualThread(() -> {
          try (var out = writer.getOutputStream()) {
            out.write(bytes.toArray());
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    assertEquals(EventLog.parse(bytes), LogSource.read(pipe));
    feeder.join();
    assertEquals(0, writer.waitFor());
  }
}
