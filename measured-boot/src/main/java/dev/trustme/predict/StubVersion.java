// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.util.regex.Pattern;

/**
 * The version of systemd's EFI stub, from the section {@code .sdmagic} of the stub and of every
 * image built on it: {@code #### LoaderInfo: systemd-stub 252.39-1~deb12u2 ####}.
 *
 * @param major what decides which sections are measured, and in which order
 */
public record StubVersion(String version, int major) {
  private static final String SECTION = ".sdmagic";
  private static final Pattern MAGIC =
      Pattern.compile("#### LoaderInfo: systemd-stub (([0-9]{1,6})[0-9A-Za-z.+~-]*) ####\0*");

  public static StubVersion of(PeImage image) throws FormatException {
    PeSection section =
        image
            .section(SECTION)
            .orElseThrow(() ->
                new FormatException(
                    "section " + SECTION, 0, "is missing: not an image on systemd's stub"));
    var matcher = MAGIC.matcher(Bytes.copyOf(image.content(section)).utf8());
    if (!matcher.matches()) {
      throw new FormatException(
          "section " + SECTION, section.rawOffset(), "names no version of systemd-stub");
    }
    return new StubVersion(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public String toString() {
    return "systemd-stub " + version;
  }
}
