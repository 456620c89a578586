// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** What came of one piece of evidence; only the first trusts a device. */
public enum FleetVerdict {
  ACCEPTED,
  REJECTED,
  /** The evidence has no form that could be judged. */
  MALFORMED,
  /** The file, or what is kept of the device, could not be read; a resumed run tries again. */
  UNREADABLE,
  /** The judge itself failed: a mistake of ours. */
  FAILED;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  static FleetVerdict byLabel(String label) {
    return Arrays.stream(values())
        .filter(v -> v.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("verdict: unknown"));
  }
}
