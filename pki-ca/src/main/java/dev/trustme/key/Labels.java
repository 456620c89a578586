// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Words of profiles and commands that stand for constants. */
public final class Labels {
  private Labels() {}

  /** The constant with this label; another is an IllegalArgumentException that lists them all. */
  public static <E> E byLabel(String what, E[] values, Function<E, String> labels, String label) {
    return Arrays.stream(values)
        .filter(v -> labels.apply(v).equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown %s '%s'; known: %s"
                    .formatted(
                        what,
                        label,
                        Arrays.stream(values).map(labels).collect(Collectors.joining(", ")))));
  }
}
