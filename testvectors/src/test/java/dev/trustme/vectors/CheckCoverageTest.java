// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.attest.EvidenceCheck;
import dev.trustme.attest.GyroidosCheck;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every registered check of evidence is the first to find some vector, which fails without it. */
class CheckCoverageTest {
  private static final List<String> FAMILIES = List.of("attack", "evidence", "eventlog");

  @Test
  void everyCheckIsTheReasonOfAVector() throws IOException, FormatException {
    var checks = Arrays.stream(EvidenceCheck.values()).map(EvidenceCheck::id).toList();
    assertEquals(List.of(), without(FAMILIES, checks));
  }

  @Test
  void soIsEveryCheckOfForeignAnswers() throws IOException, FormatException {
    var checks = Arrays.stream(GyroidosCheck.values()).map(GyroidosCheck::id).toList();
    assertEquals(List.of(), without(List.of("gyroidos"), checks));
  }

  private static List<String> without(List<String> families, List<String> checks)
      throws IOException, FormatException {
    var runner = new VectorRunner(Path.of("vectors"));
    Set<String> found = new TreeSet<>();
    for (String family : families) {
      for (var result : runner.run(Optional.of(family))) {
        if (result.outcome().verdict() == Expectation.reject) {
          found.add(result.outcome().reason().split(" ", 2)[0]);
        }
      }
    }
    return checks.stream().filter(id -> !found.contains(id)).toList();
  }
}
