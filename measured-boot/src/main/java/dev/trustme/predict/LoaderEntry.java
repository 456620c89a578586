// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A boot loader entry of type #1: lines {@code key value}. The kernel, the initrds and the options
 * matter to what is measured; the latter two may have several lines. Boot Loader Specification,
 * "Type #1 Boot Loader Specification Entries".
 *
 * @param initrds paths on the boot partition, with slashes
 * @param options all options lines, joined by a space
 */
public record LoaderEntry(String linux, List<String> initrds, String options) {
  private static final String STRUCTURE = "loader entry";
  private static final int MAX_BYTES = 64 * 1024;

  /** They name the entry, or choose among entries. */
  private static final Set<String> HARMLESS =
      Set.of("title", "version", "machine-id", "sort-key", "architecture");

  public LoaderEntry {
    initrds = List.copyOf(initrds);
  }

  /** Refuses keys whose effect on the measurements is not known. */
  public static LoaderEntry parse(Bytes file) throws FormatException {
    if (file.size() > MAX_BYTES) {
      throw new FormatException(STRUCTURE, 0, "has %d bytes".formatted(file.size()));
    }
    Ascii.require(STRUCTURE, file, '\n', '\t');
    List<String> linux = new ArrayList<>();
    List<String> initrds = new ArrayList<>();
    List<String> options = new ArrayList<>();
    int number = 0;
    for (String raw : file.utf8().split("\n", -1)) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int end = endOfKey(line);
      String value = line.substring(end).strip();
      switch (line.substring(0, end)) {
        case "linux" -> linux.add(path(value, number));
        case "initrd" -> initrds.add(path(value, number));
        case "options" -> options.add(value);
        default -> requireHarmless(line.substring(0, end), number);
      }
    }
    if (linux.size() != 1) {
      throw new FormatException(STRUCTURE, 0, "has %d lines linux".formatted(linux.size()));
    }
    return new LoaderEntry(linux.getFirst(), initrds, String.join(" ", options));
  }

  private static int endOfKey(String line) {
    int end = 0;
    while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') {
      end++;
    }
    return end;
  }

  private static String path(String value, int line) throws FormatException {
    if (!value.startsWith("/") || value.contains("\\") || value.contains(" ")) {
      throw malformed(line, "expected a path that begins with '/', found '%s'".formatted(value));
    }
    return value;
  }

  private static void requireHarmless(String key, int line) throws FormatException {
    if (!HARMLESS.contains(key)) {
      throw malformed(line, "key '%s': its effect on what is measured is not known".formatted(key));
    }
  }

  private static FormatException malformed(int line, String problem) {
    return new FormatException(STRUCTURE, 0, "line %d: %s".formatted(line, problem));
  }

  /** What systemd-boot gives the kernel: the initrds' paths with backslashes, then the options. */
  String loadOptions() {
    List<String> words = new ArrayList<>();
    for (String initrd : initrds) {
      words.add("initrd=" + initrd.replace('/', '\\'));
    }
    if (!options.isEmpty()) {
      words.add(options);
    }
    return String.join(" ", words);
  }
}
