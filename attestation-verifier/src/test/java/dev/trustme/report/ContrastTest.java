// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every text colour of the page on every ground it stands on: WCAG 2.2, 1.4.3, level AA. */
class ContrastTest {
  private static final double AA = 4.5;
  private static final Pattern COLOR = Pattern.compile("--([a-z-]+): #([0-9a-f]{6})");

  private static List<Map<String, Integer>> themes() throws Exception {
    try (var in = HtmlReport.class.getResourceAsStream("report.css")) {
      String css = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      int dark = css.indexOf("@media (prefers-color-scheme: dark)");
      return List.of(colors(css.substring(0, dark)), colors(css.substring(dark)));
    }
  }

  private static Map<String, Integer> colors(String css) {
    Map<String, Integer> colors = new HashMap<>();
    COLOR
        .matcher(css)
        .results()
        .forEach(m -> colors.putIfAbsent(m.group(1), Integer.valueOf(m.group(2), 16)));
    return colors;
  }

  private static double luminance(int color) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double c = ((color >> (16 - 8 * i)) & 0xff) / 255.0;
      sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
  }

  private static double contrast(int a, int b) {
    double first = luminance(a);
    double second = luminance(b);
    return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
  }

  @Test
  void everyTextCanBeRead() throws Exception {
    assertEquals(21, contrast(0, 0xffffff), 0.01);
    for (var theme : themes()) {
      assertEquals(15, theme.size(), theme::toString);
      for (String ground : List.of("page", "card", "bad-bg")) {
        for (String text : List.of("ink", "soft", "bad")) {
          require(theme, text, ground);
        }
      }
      for (String tone : List.of("good", "bad", "warn", "calm", "faint")) {
        require(theme, tone, tone + "-bg");
        require(theme, tone, "card");
      }
      require(theme, "soft", "faint-bg");
      require(theme, "ink", "faint-bg");
    }
  }

  private static void require(Map<String, Integer> theme, String text, String ground) {
    double contrast = contrast(color(theme, text), color(theme, ground));
    assertTrue(contrast >= AA, "%s on %s: %.2f".formatted(text, ground, contrast));
  }

  private static int color(Map<String, Integer> theme, String name) {
    return Optional.ofNullable(theme.get(name)).orElseThrow();
  }
}
