// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.EvidenceCheck;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
  private static Set<String> registered() {
    return Arrays.stream(EvidenceCheck.values())
        .map(EvidenceCheck::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyRegisteredCheckIsExplainedAndNothingElse() {
    assertEquals(registered(), new TreeSet<>(Explanations.texts().checks().keySet()));
    assertEquals(registered().size(), Explanations.all().size());
  }

  @Test
  void everyExplanationSaysAllThatAReaderNeeds() {
    for (Explanation each : Explanations.all()) {
      assertTrue(each.failure().endsWith("."), each.id());
      assertTrue(each.why().endsWith("."), each.id());
      assertFalse(each.remedy().isEmpty(), each.id());
      assertFalse(each.component().isBlank(), each.id());
      assertFalse(each.example().expected().isBlank(), each.id());
      assertFalse(each.example().seen().isBlank(), each.id());
    }
  }

  @Test
  void causesAreChecksAndNeverRunInACircle() {
    for (Explanation each : Explanations.all()) {
      assertTrue(registered().containsAll(each.after()), each.id());
      var reached = new HashSet<String>(each.after());
      while (reached.addAll(
          reached.stream()
              .flatMap(id -> Explanations.byId(id).orElseThrow().after().stream())
              .toList())) {
        assertFalse(reached.contains(each.id()), each.id());
      }
      assertFalse(reached.contains(each.id()), each.id());
    }
  }

  @Test
  void anUnknownIdIsNotExplained() {
    assertTrue(Explanations.byId("no-such-check").isEmpty());
  }
}
