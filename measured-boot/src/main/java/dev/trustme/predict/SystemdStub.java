// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What systemd's EFI stub measures into PCR 11: each section's name, ASCII with a NUL, then its
 * content, VirtualSize bytes. systemd-stub(7), "TPM PCR Notes".
 */
final class SystemdStub {
  private static final int PCR = 11;
  private static final Set<Integer> MAJORS = Set.of(252);

  /** In this order, whatever the order in the file. */
  private static final List<String> MEASURED =
      List.of(".linux", ".osrel", ".cmdline", ".initrd", ".splash");

  private static final List<String> REQUIRED = List.of(".linux", ".cmdline", ".initrd");

  /**
   * They change the initrd that the kernel is given, or the device tree, in ways not known here.
   */
  private static final List<String> REFUSED =
      List.of(".dtb", ".pcrsig", ".pcrpkey", ".ucode", ".profile");

  private SystemdStub() {}

  static StubVersion require(PeImage uki) throws FormatException {
    var version = StubVersion.of(uki);
    if (!MAJORS.contains(version.major())) {
      throw new FormatException(
          "section .sdmagic",
          0,
          "%s: what it measures is not known here; supported majors: %s"
              .formatted(version, MAJORS));
    }
    for (String name : REQUIRED) {
      if (uki.section(name).isEmpty()) {
        throw new FormatException("section " + name, 0, "is missing in the unified kernel image");
      }
    }
    for (String name : REFUSED) {
      Optional<PeSection> section = uki.section(name);
      if (section.isPresent()) {
        throw new FormatException(
            "section " + name, section.get().rawOffset(), "its measurements cannot be predicted");
      }
    }
    return version;
  }

  static List<PredictedEvent> sections(PeImage uki, HashAlgorithm bank) throws FormatException {
    List<PredictedEvent> events = new ArrayList<>();
    for (String name : MEASURED) {
      Optional<PeSection> section = uki.section(name);
      if (section.isPresent() && section.get().virtualSize() > 0) {
        String type = TcgEventType.EV_IPL.name();
        events.add(
            new PredictedEvent(PCR, type, name + " (name)", bank.digest(Bytes.utf8(name + "\0"))));
        events.add(new PredictedEvent(PCR, type, name, bank.digest(uki.content(section.get()))));
      }
    }
    return events;
  }
}
