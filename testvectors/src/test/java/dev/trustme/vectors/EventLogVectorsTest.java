// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.vectors.make.EventLogVectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The logs that we made, before judges that are not ours. */
class EventLogVectorsTest {
  private static final Path FAMILY = Path.of("vectors", "eventlog");
  private static final long MAX_BYTES = 2 << 20;

  /** PCRs whose start value tpm2_eventlog 5.4 does not know. */
  private static final Map<String, Set<Integer>> OTHER_START =
      Map.of(
          "locality-0", Set.of(0),
          "locality-3", Set.of(0),
          "locality-4", Set.of(0),
          "hcrtm", Set.of(0),
          "hcrtm-components", Set.of(0),
          "hcrtm-locality-4", Set.of(0));

  /**
   * Logs that it does not read, prints without values, or whose SM3 values it prints as those of
   * sha256.
   */
  private static final Set<String> NOT_JUDGED =
      Set.of(
          "head-only",
          "no-data",
          "padded-ff",
          "sha1-event00",
          "sha1-event02",
          "uki-sm3",
          "uki-unknown-bank");

  private static List<Vector> positives() throws IOException, FormatException {
    return VectorIndex.load(FAMILY).vectors().stream()
        .filter(v -> v.expect() == Expectation.accept && v.files().containsKey("pcrs"))
        .toList();
  }

  @Test
  void theFamilyIsMadeAgainByteForByte(@TempDir Path folder) throws IOException {
    EventLogVectors.make(folder);
    List<String> differing = new ArrayList<>();
    long size = 0;
    try (var files = Files.list(folder.resolve("eventlog"))) {
      for (Path made : files.sorted().toList()) {
        Path shipped = FAMILY.resolve(String.valueOf(made.getFileName()));
        size += Files.size(made);
        if (!Files.exists(shipped) || !Inputs.read(shipped).equals(Inputs.read(made))) {
          differing.add(made.toString());
        }
      }
    }
    assertEquals(List.of(), differing);
    assertTrue(size <= MAX_BYTES, "the family has " + size + " bytes");
  }

  @Test
  void thereAreEnough() throws IOException, FormatException {
    assertTrue(positives().size() >= 30, "logs: " + positives().size());
  }

  @TestFactory
  Stream<DynamicTest> tpm2EventlogReplaysToTheSameValues() throws IOException, FormatException {
    return positives().stream()
        .filter(v -> !v.context().containsKey("format") && !NOT_JUDGED.contains(v.id()))
        .map(v -> DynamicTest.dynamicTest(v.id(), () -> judged(v)));
  }

  private static void judged(Vector vector) throws IOException, InterruptedException {
    Path log = FAMILY.resolve(String.valueOf(vector.files().get("log")));
    var seen = tpm2Eventlog(log);
    Map<String, String> expected = new TreeMap<>();
    Bytes lines = Inputs.read(FAMILY.resolve(String.valueOf(vector.files().get("pcrs"))));
    lines
        .utf8()
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(parts -> expected.put(parts[0], parts[1]));
    seen.keySet().retainAll(expected.keySet());
    assertTrue(seen.size() >= 10, vector.id() + ": judged " + seen);
    seen.forEach((register, value) -> {
      int pcr = Integer.parseInt(register.replaceAll(".*:", ""));
      if (!OTHER_START.getOrDefault(vector.id(), Set.of()).contains(pcr)) {
        assertEquals(expected.get(register), value, register);
      }
    });
  }

  /** The values that the tool prints at its end: {@code sha256:} and {@code 0 : 0xHEX} lines. */
  private static Map<String, String> tpm2Eventlog(Path log)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("tpm2_eventlog", log.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    Map<String, String> values = new TreeMap<>();
    String bank = "";
    for (String line : out.substring(Math.max(0, out.indexOf("\npcrs:"))).lines().toList()) {
      if (line.matches("  sha[0-9]+:")) {
        bank = line.strip();
      } else if (line.matches("    [0-9]+ *: 0x[0-9a-f]+")) {
        var parts = line.strip().split(" *: 0x", -1);
        values.put(bank + parts[0], parts[1]);
      }
    }
    return values;
  }
}
