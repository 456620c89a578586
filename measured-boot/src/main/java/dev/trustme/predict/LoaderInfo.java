// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.util.regex.Pattern;

/**
 * Which of systemd's EFI programs an image is, and its version, from the section {@code .sdmagic}:
 * {@code #### LoaderInfo: systemd-stub 252.39-1~deb12u2 ####}. An image built on the stub keeps the
 * stub's section.
 *
 * @param product {@code systemd-stub} or {@code systemd-boot}
 * @param major what decides what is measured, and in which order
 */
public record LoaderInfo(String product, String version, int major) {
  public static final String STUB = "systemd-stub";
  public static final String BOOT = "systemd-boot";

  private static final String SECTION = ".sdmagic";
  private static final Pattern MAGIC =
      Pattern.compile(
          "#### LoaderInfo: (systemd-stub|systemd-boot) (([0-9]{1,6})[0-9A-Za-z.+~-]*) ####\0*");

  /** The stub of a unified kernel image, or the stub alone; anything else is malformed. */
  public static LoaderInfo stub(PeImage image) throws FormatException {
    return of(image, STUB);
  }

  static LoaderInfo of(PeImage image, String product) throws FormatException {
    PeSection section =
        image
            .section(SECTION)
            .orElseThrow(() ->
                new FormatException(
                    "section " + SECTION, 0, "is missing: not an image on " + described(product)));
    var matcher = MAGIC.matcher(Bytes.copyOf(image.content(section)).utf8());
    if (!matcher.matches()) {
      throw new FormatException(
          "section " + SECTION, section.rawOffset(), "names no version of " + product);
    }
    if (!matcher.group(1).equals(product)) {
      throw new FormatException(
          "section " + SECTION,
          section.rawOffset(),
          "expected %s, found %s".formatted(product, matcher.group(1)));
    }
    return new LoaderInfo(product, matcher.group(2), Integer.parseInt(matcher.group(3)));
  }

  private static String described(String product) {
    return product.equals(STUB) ? "systemd's stub" : product;
  }

  @Override
  public String toString() {
    return product + " " + version;
  }
}
