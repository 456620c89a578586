// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much a finding weighs: an error is refused unless it is accepted by name. */
public enum Severity {
  ERROR,
  WARNING;

  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
