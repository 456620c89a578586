// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A span of days or weeks: {@code 90d}, {@code 12w}. */
final class Days implements ITypeConverter<Duration> {
  private static final int WEEK = 7;

  @Override
  public Duration convert(String value) {
    if (!value.matches("[0-9]{1,5}[dw]")) {
      throw new TypeConversionException("expected days or weeks like 90d or 12w, found " + value);
    }
    int count = Integer.parseInt(value.substring(0, value.length() - 1));
    return Duration.ofDays(value.endsWith("w") ? (long) WEEK * count : count);
  }
}
