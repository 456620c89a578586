// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import dev.trustme.vectors.Expectation;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.VectorIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The families without keys: what is shipped is what is made, and evmctl says the same. */
class LogVectorsTest {
  private static final Path SHIPPED = Path.of("vectors");

  @TempDir private Path folder = Path.of("");

  private static Set<String> names(Path family) throws IOException {
    try (var files = Files.list(family)) {
      return files.map(f -> String.valueOf(f.getFileName())).collect(Collectors.toSet());
    }
  }

  @Test
  void shippedLogsAreThoseThatAreMade() throws IOException, FormatException {
    new ImaVectors(folder).make();
    new CelVectors(folder).make();
    for (String family : List.of("ima", "cel")) {
      Path shipped = SHIPPED.resolve(family);
      Path made = folder.resolve(family);
      assertEquals(names(shipped), names(made));
      assertEquals(VectorIndex.load(shipped), VectorIndex.load(made));
      for (String name : names(shipped)) {
        boolean same =
            name.equals("index.json")
                || Files.mismatch(shipped.resolve(name), made.resolve(name)) < 0;
        assertTrue(same, family + "/" + name + " is not what is made");
      }
    }
  }

  /** evmctl reads binary logs of little-endian machines, and no tail of one. */
  @TestFactory
  Stream<DynamicTest> evmctlReplaysThePositives() throws IOException, FormatException {
    return VectorIndex.load(SHIPPED.resolve("ima")).vectors().stream()
        .filter(v -> v.expect() == Expectation.accept)
        .filter(v -> "binary".equals(v.context().get("format")))
        .filter(v -> "little".equals(v.context().get("order")))
        .filter(v -> !v.files().containsKey("state"))
        .map(v -> DynamicTest.dynamicTest(v.id(), () -> evmctl(v)));
  }

  private void evmctl(Vector vector) throws IOException, InterruptedException {
    String[] value = String.valueOf(vector.context().get("pcr-value")).split(":", -1);
    var pcrs = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      String hex = i == 10 ? value[1] : "00".repeat(value[1].length() / 2);
      pcrs.append("PCR-%02d: %s%n".formatted(i, hex));
    }
    Files.writeString(folder.resolve("pcrs.txt"), pcrs);
    Path log = SHIPPED.resolve("ima").resolve(String.valueOf(vector.files().get("log")));
    var process =
        new ProcessBuilder(
                "evmctl",
                "ima_measurement",
                "-v",
                "--ignore-violations",
                "--pcrs=" + value[0] + ",pcrs.txt",
                "--verify-bank=" + value[0],
                log.toAbsolutePath().toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("PCR-10: succeed at entry"), said);
  }
}
