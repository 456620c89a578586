// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sources that a person reads in one go; runs in every module. */
class SourcesTest {
  private static final int MAX_LINES = 400;

  @Test
  void sourcesStayShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    try (var sources = Files.walk(Path.of("src"))) {
      for (Path source : sources.filter(p -> p.toString().endsWith(".java")).toList()) {
        if (Files.readAllLines(source).size() > MAX_LINES) {
          tooLong.add(source.toString());
        }
      }
    }
    assertEquals(List.of(), tooLong);
  }
}
