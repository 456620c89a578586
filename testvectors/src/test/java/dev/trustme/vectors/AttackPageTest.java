// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttackPageTest {
  private static final Path PAGE = Path.of("../docs/attacks.md");

  private final VectorRunner runner = new VectorRunner(Path.of("vectors"));

  @Test
  void everyAttackHasAVectorAndEveryVectorATitle() throws Exception {
    var page = new AttackPage(runner);
    assertEquals(List.of(), page.withoutVector());
    assertEquals(List.of(), page.withoutTitle());
  }

  @Test
  void pageIsWhatTheVectorsSay() throws Exception {
    assertEquals(
        new AttackPage(runner).text(),
        Files.readString(PAGE),
        "made anew by dev.trustme.vectors.AttackPage ../docs/attacks.md");
  }
}
