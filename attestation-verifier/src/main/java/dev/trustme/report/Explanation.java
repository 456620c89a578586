// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.EvidenceCheck;
import java.util.List;

/**
 * One check for people: schema {@code trustme/explanation/1} is a list of these.
 *
 * @param meaning what holds where it passes
 * @param component what is wrong where it fails
 * @param failure what happened, in a sentence
 * @param why what an attacker could do without it
 * @param remedy what to do, the likeliest first
 * @param after checks whose failure makes this one fail as well
 */
public record Explanation(
    String id,
    Area area,
    String meaning,
    String component,
    String failure,
    String why,
    List<String> remedy,
    Example example,
    List<String> after) {
  public Explanation {
    remedy = List.copyOf(remedy);
    after = List.copyOf(after);
  }

  /** What a failure shows. */
  public record Example(String expected, String seen) {}

  static Explanation of(EvidenceCheck check, Explanations.Text text) {
    return new Explanation(
        check.id(),
        text.area(),
        check.meaning(),
        text.component(),
        text.failure(),
        text.why(),
        text.remedy(),
        text.example(),
        text.after().orElse(List.of()));
  }
}
