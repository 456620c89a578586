// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.Sbat;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The {@code .sbat} of a unified kernel image: what stub and kernel carry, then what is added, each
 * line once, as ukify(1) merges them. shim, SBAT.md.
 */
public final class SbatMerge {
  private static final String FIRST =
      "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n";

  /** What ukify adds where nothing else is asked for. */
  public static final Bytes UKI =
      Bytes.utf8(
          FIRST
              + "uki,1,UKI,uki,1,"
              + "https://uapi-group.org/specifications/specs/unified_kernel_image/\n");

  private SbatMerge() {}

  /** Images without the section add nothing; every text must be an SBAT of its own. */
  public static UkiSection of(List<PeImage> images, List<Bytes> texts) throws FormatException {
    List<Bytes> all = new ArrayList<>();
    for (var image : images) {
      var section = image.section(".sbat");
      if (section.isPresent()) {
        all.add(Bytes.copyOf(image.content(section.get())));
      }
    }
    all.addAll(texts);
    var lines = new LinkedHashSet<String>();
    for (var text : all) {
      Sbat.parse(text);
      text.utf8().replace("\0", "").lines().filter(line -> !line.isEmpty()).forEach(lines::add);
    }
    lines.removeIf(line -> line.startsWith("sbat,"));
    var merged = Bytes.utf8(FIRST + String.join("\n", lines) + "\n\0");
    Sbat.parse(merged);
    return new UkiSection(".sbat", merged);
  }
}
