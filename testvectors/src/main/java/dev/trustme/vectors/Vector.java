// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One vector. {@code files} maps a role in the family (such as {@code log}) to a file beside the
 * index; {@code context} holds what the verifier is told besides. A negative names its positive
 * twin and the reason it is refused for.
 */
public record Vector(
    String id,
    String comment,
    List<String> flags,
    Optional<String> twin,
    Map<String, String> files,
    Map<String, String> context,
    Expectation expect,
    Optional<String> reason) {
  public Vector {
    flags = List.copyOf(flags);
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    context = Collections.unmodifiableMap(new TreeMap<>(context));
    if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("id '" + id + "' is not lower-case words with hyphens");
    }
    boolean negative = expect != Expectation.accept;
    if (negative != reason.isPresent() || negative != twin.isPresent()) {
      throw new IllegalArgumentException(
          id + ": a negative, and only a negative, has a reason and a twin");
    }
  }
}
