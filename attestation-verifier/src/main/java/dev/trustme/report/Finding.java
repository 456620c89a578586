// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.attest.EvidenceCheck;
import dev.trustme.report.VerdictReport.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cause of a rejection: the failed check that explains others, in words for people.
 *
 * @param component what is wrong, in a word or three
 * @param failure what happened, in a sentence
 * @param consequences failed checks that fail because of this one
 */
record Finding(
    Item item,
    String component,
    String failure,
    Optional<Explanation> explanation,
    List<Item> consequences) {
  Finding {
    consequences = List.copyOf(consequences);
  }

  /** The causes in the order of the judgement; every failure is in one of them. */
  static List<Finding> of(VerdictReport report, JudgedBoot boot) {
    var failures = report.failures();
    Map<Item, List<Item>> byCause = new LinkedHashMap<>();
    for (Item item : failures) {
      byCause.computeIfAbsent(cause(item, failures), c -> new ArrayList<>()).add(item);
    }
    return failures.stream()
        .flatMap(item ->
            Optional.ofNullable(byCause.get(item)).map(group -> of(item, boot, group)).stream())
        .toList();
  }

  /**
   * Goes from a failed check to the one that makes it fail, which may fail itself because of
   * another: as its explanation says, or because both point at the same entry of a log.
   */
  private static Item cause(Item item, List<Item> failures) {
    Set<String> visited = new TreeSet<>();
    var cause = item;
    var before = Optional.of(item);
    while (before.isPresent() && visited.add(before.get().id())) {
      cause = before.get();
      before = before(cause, failures);
    }
    return cause;
  }

  private static Optional<Item> before(Item item, List<Item> failures) {
    var after = Explanations.byId(item.id()).map(Explanation::after).orElse(List.of());
    return failures.stream()
        .filter(f -> after.contains(f.id()))
        .findFirst()
        .or(() ->
            failures.stream()
                .takeWhile(f -> !f.equals(item))
                .filter(f -> !f.where().isEmpty() && f.where().equals(item.where()))
                .findFirst());
  }

  /** Which container it is, where the check has found it in a signed list. */
  private static String named(String component, Item item) {
    return item.id().equals(EvidenceCheck.CONTAINER_FLOOR.id())
        ? component + " " + item.seen()
        : component;
  }

  private static Finding of(Item item, JudgedBoot boot, List<Item> group) {
    var explanation = Explanations.byId(item.id());
    var part = boot.part(item);
    return new Finding(
        item,
        part.map(Explanations.Part::component)
            .or(() -> explanation.map(e -> named(e.component(), item)))
            .orElse(item.id()),
        part.map(Explanations.Part::failure)
            .or(() -> explanation.map(Explanation::failure))
            .orElse("The check " + item.id() + " failed."),
        explanation,
        group.stream().filter(other -> !other.equals(item)).toList());
  }
}
