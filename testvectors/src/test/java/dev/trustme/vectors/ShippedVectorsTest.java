// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The shipped vectors: our verifiers agree with each, and the set keeps its own rules. */
class ShippedVectorsTest {
  private static final Path ROOT = Path.of("vectors");

  /**
   * A reader that several formats hold their signatures in: their families may each show that their
   * consumer asks it. Within a family, and for every other reason, a reason is used once.
   */
  private static final String SHARED_READER = "PKCS#7 SignedData: ";

  private static final Map<String, Vector> ALL = new LinkedHashMap<>();

  private final VectorRunner runner = new VectorRunner(ROOT);

  @TestFactory
  Stream<DynamicTest> verifiersAgree() throws IOException, FormatException {
    return all().entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(), () -> agrees(runner.run(family(e.getKey()), e.getValue()))));
  }

  private static void agrees(VectorRunner.Result result) {
    assertTrue(result.passed(), result::difference);
  }

  @Test
  void noTwoNegativesShareAReason() throws IOException, FormatException {
    Map<String, String> seen = new HashMap<>();
    List<String> shared = new ArrayList<>();
    for (var entry : all().entrySet()) {
      entry
          .getValue()
          .reason()
          .map(r -> r.startsWith(SHARED_READER) ? family(entry.getKey()) + " " + r : r)
          .map(r -> entry.getValue().expect() + " " + r)
          .map(r -> seen.put(r, entry.getKey()))
          .ifPresent(other -> shared.add(entry.getKey() + " and " + other));
    }
    assertEquals(List.of(), shared);
  }

  @Test
  void everyNegativeDiffersFromItsTwinInOneThing() throws IOException, FormatException {
    Map<String, Vector> all = all();
    List<String> offenders = new ArrayList<>();
    for (var entry : all.entrySet()) {
      Vector vector = entry.getValue();
      if (vector.twin().isPresent()) {
        String family = family(entry.getKey());
        Vector twin = Objects.requireNonNull(all.get(family + "/" + vector.twin().get()));
        int things = differences(ROOT.resolve(family), vector, twin);
        if (things != 1) {
          offenders.add(entry.getKey() + " differs in " + things + " things");
        }
      }
    }
    assertEquals(List.of(), offenders);
  }

  private static String family(String key) {
    return key.substring(0, key.indexOf('/'));
  }

  /** Files that differ, and context values that differ; a missing one counts. */
  private static int differences(Path folder, Vector vector, Vector twin) throws IOException {
    var roles = new TreeSet<>(vector.files().keySet());
    roles.addAll(twin.files().keySet());
    int count = 0;
    for (String role : roles) {
      count += same(folder, vector.files().get(role), twin.files().get(role)) ? 0 : 1;
    }
    var keys = new TreeSet<>(vector.context().keySet());
    keys.addAll(twin.context().keySet());
    for (String key : keys) {
      String value = vector.context().get(key);
      count += value != null && value.equals(twin.context().get(key)) ? 0 : 1;
    }
    return count;
  }

  private static boolean same(Path folder, @Nullable String file, @Nullable String twin)
      throws IOException {
    if (file == null || twin == null) {
      return false;
    }
    return file.equals(twin) || read(folder, file).equals(read(folder, twin));
  }

  private static Bytes read(Path folder, String file) throws IOException {
    return Inputs.read(folder.resolve(file));
  }

  @Test
  void everyFileIsUsed() throws IOException, FormatException {
    List<String> unused = new ArrayList<>();
    for (String family : runner.families()) {
      var used = new TreeSet<String>();
      runner.index(family).vectors().forEach(v -> used.addAll(v.files().values()));
      used.add("index.json");
      try (var files = Files.list(ROOT.resolve(family))) {
        files
            .map(f -> f.getFileName().toString())
            .filter(f -> !used.contains(f))
            .forEach(f -> unused.add(family + "/" + f));
      }
    }
    assertEquals(List.of(), unused);
  }

  @Test
  void thereAreEnough() throws IOException, FormatException {
    assertTrue(all().size() >= 24, "vectors: " + all().size());
    assertTrue(runner.families().size() >= 6, "families: " + runner.families());
  }

  /** By family and id; read once, however often one of the tests is run. */
  private Map<String, Vector> all() throws IOException, FormatException {
    if (ALL.isEmpty()) {
      for (String family : runner.families()) {
        runner.index(family).vectors().forEach(v -> ALL.put(family + "/" + v.id(), v));
      }
    }
    return ALL;
  }
}
