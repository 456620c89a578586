// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import dev.trustme.bytes.FormatException;
import dev.trustme.predict.LoaderInfo;
import java.util.List;
import java.util.Map;

/**
 * The sections that systemd's stub reads, by the first major that does. A section that a stub does
 * not know would lie in the signed image unused and unmeasured. systemd-stub(7), "History" of each
 * section. {@code .sbat} is shim's and fits every stub.
 */
public final class StubSections {
  private static final Map<String, Integer> SINCE =
      Map.ofEntries(
          Map.entry(".osrel", 0),
          Map.entry(".cmdline", 0),
          Map.entry(".initrd", 0),
          Map.entry(".linux", 0),
          Map.entry(".splash", 0),
          Map.entry(".dtb", 0),
          Map.entry(".sbat", 0),
          Map.entry(".pcrsig", 252),
          Map.entry(".pcrpkey", 252),
          Map.entry(".uname", 254),
          Map.entry(".ucode", 256));

  private StubSections() {}

  /** Refuses the first section that this stub does not know. */
  public static void require(LoaderInfo stub, List<UkiSection> sections) throws FormatException {
    for (var section : sections) {
      var since = SINCE.get(section.name());
      if (since == null || stub.major() < since) {
        throw new FormatException(
            "section " + section.name(),
            0,
            "%s does not know it: it would be neither used nor measured%s"
                .formatted(
                    stub, since == null ? "" : "; a stub of %d or later does".formatted(since)));
      }
    }
  }
}
