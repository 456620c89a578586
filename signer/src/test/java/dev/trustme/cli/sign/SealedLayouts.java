// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.SealedLayout;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Finds files in what {@code sign container} wrote. */
final class SealedLayouts {
  private SealedLayouts() {}

  static Path image(Path sealed) {
    try {
      return SealedLayout.open(sealed).image();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
