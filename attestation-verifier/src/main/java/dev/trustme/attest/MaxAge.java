// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.regex.Pattern;

/** How long something counts: a whole number and s, m, h or d; {@code 5m}. */
public record MaxAge(Duration duration) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  @JsonCreator
  public static MaxAge parse(String text) {
    var match = FORM.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException("expected a time span like 30s, 5m, 12h or 7d");
    }
    long count = Long.parseLong(match.group(1));
    return new MaxAge(
        switch (match.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  @Override
  @JsonValue
  public String toString() {
    long seconds = duration.toSeconds();
    if (seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 != 0 ? seconds / 60 + "m" : seconds / 3600 + "h";
  }
}
