// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.EvidenceVerifier;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A verifier that has judged other devices answers as one that has not, word for word. */
class RememberingTest {
  private static final Path VECTORS = Path.of("vectors");

  /** Files that are a device's own, or its verifier's about it. */
  private static final List<String> OF_THE_DEVICE =
      List.of("evidence", "release", "enrolment", "state", "manifest");

  @Test
  void whatIsRememberedChangesNoAnswer() throws IOException, FormatException {
    int shared = 0;
    for (List<VectorInput> group : groups()) {
      List<String> alone = new ArrayList<>();
      for (VectorInput input : group) {
        alone.add(answer(EvidenceFamily.verifier(input), input));
      }
      var verifier = EvidenceFamily.verifier(group.getFirst());
      for (int i = 0; i < group.size(); i++) {
        assertEquals(alone.get(i), answer(verifier, group.get(i)), group.get(i).vector().id());
      }
      for (int i = group.size() - 1; i >= 0; i--) {
        assertEquals(alone.get(i), answer(verifier, group.get(i)), group.get(i).vector().id());
      }
      shared = Math.max(shared, group.size());
    }
    assertTrue(shared > 50, "at most %d vectors are judged by one policy".formatted(shared));
  }

  private static String answer(EvidenceVerifier verifier, VectorInput input) throws IOException {
    try {
      return verifier.verify(EvidenceFamily.given(input)).checks().toString();
    } catch (FormatException e) {
      return e.toString();
    }
  }

  /** Vectors with the same policy, anchors and lists; none that cannot be read. */
  private static Iterable<List<VectorInput>> groups() throws IOException, FormatException {
    var runner = new VectorRunner(VECTORS);
    Map<String, List<VectorInput>> groups = new LinkedHashMap<>();
    for (String family : List.of("attack", "evidence")) {
      for (Vector vector : runner.index(family).vectors()) {
        var input = new VectorInput(vector, VECTORS.resolve(family));
        Map<String, String> files = new TreeMap<>();
        for (String role : vector.files().keySet()) {
          if (!OF_THE_DEVICE.contains(role)) {
            files.put(role, input.file(role).base64());
          }
        }
        String customer = input.tells("customer") ? input.context("customer") : "";
        if (isReadable(input)) {
          groups.computeIfAbsent(files + customer, k -> new ArrayList<>()).add(input);
        }
      }
    }
    return groups.values();
  }

  /** Whether the vector is about what a verifier judges, and not about files of its own. */
  private static boolean isReadable(VectorInput input) throws IOException {
    try {
      Objects.requireNonNull(EvidenceFamily.verifier(input));
      Objects.requireNonNull(EvidenceFamily.given(input));
      return true;
    } catch (FormatException e) {
      return false;
    }
  }
}
