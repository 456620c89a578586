// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What Linux's own EFI stub measures into PCR 9: its load options, UTF-16LE with a NUL, then the
 * initrd. Linux, drivers/firmware/efi/libstub/efi-stub-helper.c; seen so on 6.1 and 6.12.
 */
final class KernelEvents {
  private static final int PCR = 9;

  private final PeImage uki;
  private final HashAlgorithm bank;

  KernelEvents(PeImage uki, HashAlgorithm bank) {
    this.uki = uki;
    this.bank = bank;
  }

  List<PredictedEvent> kernelInputs() throws FormatException {
    var options = Bytes.copyOf((commandLine() + "\0").getBytes(StandardCharsets.UTF_16LE));
    var initrd = uki.content(section(".initrd"));
    return List.of(
        event("LOADED_IMAGE::LoadOptions", bank.digest(options)),
        event("Linux initrd", bank.digest(initrd)));
  }

  /** The stub turns bytes into UTF-16 and control characters into spaces: only ASCII is certain. */
  private String commandLine() throws FormatException {
    var section = section(".cmdline");
    var content = Bytes.copyOf(uki.content(section));
    for (int i = 0; i < content.size(); i++) {
      if (content.at(i) < ' ' || content.at(i) > '~') {
        throw new FormatException(
            "section .cmdline",
            section.rawOffset() + i,
            "byte 0x%02x: a command line of printable ASCII is needed".formatted(content.at(i)));
      }
    }
    return content.utf8();
  }

  private PeSection section(String name) throws FormatException {
    return uki.section(name)
        .orElseThrow(() -> new FormatException("section " + name, 0, "is missing"));
  }

  private PredictedEvent event(String name, Digest digest) {
    return new PredictedEvent(PCR, TcgEventType.EV_EVENT_TAG.name(), name, digest);
  }
}
