// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The section {@code .sbat} of a PE image: lines {@code
 * component,generation,vendor,package,version,url}, printable ASCII, the first for {@code sbat}
 * itself. shim, SBAT.md. shim refuses images without it; firmware alone does not look at it.
 */
public record Sbat(List<Entry> entries) {
  private static final String STRUCTURE = "section .sbat";
  private static final int MAX_BYTES = 64 * 1024;
  private static final Pattern LINE =
      Pattern.compile("([^,]+),([1-9][0-9]{0,8}),([^,]*),([^,]*),([^,]*),(.*)");

  public Sbat {
    entries = List.copyOf(entries);
  }

  /** One component and its generation, which revocations count. */
  public record Entry(
      String component, int generation, String vendor, String name, String version, String url) {}

  /** The entries of an image; an image without them is malformed. */
  public static Sbat of(PeImage image) throws FormatException {
    PeSection section =
        image.section(".sbat").orElseThrow(() -> new FormatException(STRUCTURE, 0, "is missing"));
    return parse(Bytes.copyOf(image.content(section)));
  }

  public static Sbat parse(Bytes section) throws FormatException {
    if (section.size() > MAX_BYTES) {
      throw new FormatException(STRUCTURE, 0, "has %d bytes".formatted(section.size()));
    }
    int end = section.size();
    while (end > 0 && section.at(end - 1) == 0) {
      end--;
    }
    List<Entry> entries = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= end; i++) {
      if (i == end || section.at(i) == '\n') {
        if (i > start) {
          entries.add(entry(section.slice(start, i), start));
        }
        start = i + 1;
      } else if (section.at(i) < ' ' || section.at(i) > '~') {
        throw new FormatException(STRUCTURE, i, "byte 0x%02x".formatted(section.at(i)));
      }
    }
    if (entries.isEmpty() || !entries.getFirst().component().equals("sbat")) {
      throw new FormatException(STRUCTURE, 0, "does not begin with the component sbat");
    }
    return new Sbat(entries);
  }

  private static Entry entry(Bytes line, int offset) throws FormatException {
    Matcher fields = LINE.matcher(line.utf8());
    if (!fields.matches()) {
      throw new FormatException(
          STRUCTURE, offset, "expected component,generation,vendor,package,version,url");
    }
    return new Entry(
        fields.group(1),
        Integer.parseInt(fields.group(2)),
        fields.group(3),
        fields.group(4),
        fields.group(5),
        fields.group(6));
  }
}
