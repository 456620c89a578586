// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Whether shares belong together and are enough; if they open nothing, whose share is wrong. */
final class ShareSet {
  /** Subsets tried to find a wrong share. */
  private static final int MAX_TRIES = 5000;

  private ShareSet() {}

  static void check(List<Share> shares) throws GeneralSecurityException {
    if (shares.isEmpty()) {
      throw new GeneralSecurityException("no shares given");
    }
    var first = shares.getFirst().label();
    Set<Integer> indices = new HashSet<>();
    for (Share share : shares) {
      var label = share.label();
      if (!label.fits(first)) {
        throw new GeneralSecurityException(
            "the shares of %s and %s are of different sets: %s %s and %s %s"
                .formatted(
                    first.custodian(),
                    label.custodian(),
                    first.secret(),
                    first.set(),
                    label.secret(),
                    label.set()));
      }
      if (!indices.add(label.index())) {
        throw new GeneralSecurityException(
            "share %d, of %s, was given twice".formatted(label.index(), label.custodian()));
      }
    }
    if (shares.size() < first.threshold()) {
      throw new GeneralSecurityException(
          "%d shares given (%s), %d needed"
              .formatted(shares.size(), names(shares), first.threshold()));
    }
  }

  /** Words that name the wrong shares: those that no subset which opens contains. */
  static String blame(List<Share> shares, Predicate<List<Share>> opens) {
    int threshold = shares.getFirst().label().threshold();
    Set<Share> good = new HashSet<>();
    var tries = new int[1];
    subsets(
        shares,
        threshold,
        0,
        new ArrayList<>(),
        subset -> {
          if (tries[0]++ < MAX_TRIES && !good.containsAll(subset) && opens.test(subset)) {
            good.addAll(subset);
          }
          return tries[0] < MAX_TRIES;
        });
    if (good.isEmpty()) {
      return "these shares open nothing: at least one of %s was changed, or made up"
          .formatted(names(shares));
    }
    return "wrong share: "
        + names(shares.stream().filter(s -> !good.contains(s)).toList())
        + "; without it the others open";
  }

  private static boolean subsets(
      List<Share> all, int size, int from, List<Share> taken, Predicate<List<Share>> visit) {
    if (taken.size() == size) {
      return visit.test(List.copyOf(taken));
    }
    for (int i = from; i < all.size(); i++) {
      taken.add(all.get(i));
      boolean more = subsets(all, size, i + 1, taken, visit);
      taken.removeLast();
      if (!more) {
        return false;
      }
    }
    return true;
  }

  private static String names(List<Share> shares) {
    return shares.stream().map(s -> s.label().custodian()).collect(Collectors.joining(", "));
  }
}
