// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The passphrases of a ceremony while it lasts; in memory only, wiped on close. */
final class CeremonySecrets implements AutoCloseable {
  private final Map<String, char[]> values = new HashMap<>();

  /** Takes the array over. */
  void put(String name, char[] value) {
    char[] old = values.put(name, value);
    if (old != null) {
      Arrays.fill(old, '\0');
    }
  }

  /** A copy, which the caller wipes. */
  char[] copy(String name) {
    char[] value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("the lint let an unknown secret pass: " + name);
    }
    return value.clone();
  }

  @Override
  public void close() {
    values.values().forEach(v -> Arrays.fill(v, '\0'));
    values.clear();
  }
}
