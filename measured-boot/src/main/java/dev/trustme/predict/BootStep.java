// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.PeImage;
import java.util.List;
import java.util.Optional;

/** One program of a boot, as it lies signed on the disk; each starts the next. */
public sealed interface BootStep {
  PeImage image();

  /**
   * The data of the entry in db or MokList that verifies the image: a certificate (DER) or a
   * digest. Which one that is takes knowledge of signatures, so the caller says it; empty where
   * only one can be.
   */
  Optional<Bytes> verifiedBy();

  /** rhboot's shim. */
  record Shim(PeImage image, Optional<Bytes> verifiedBy) implements BootStep {}

  /** systemd's boot loader. */
  record SystemdBoot(PeImage image, Optional<Bytes> verifiedBy) implements BootStep {}

  /** A unified kernel image on systemd's stub; the last step. */
  record UnifiedImage(PeImage image, Optional<Bytes> verifiedBy) implements BootStep {}

  /**
   * A Linux kernel with its own EFI stub, the last step; the initrds in the order in which they are
   * loaded, and where they come from.
   */
  record Kernel(PeImage image, Optional<Bytes> verifiedBy, Options options, List<Bytes> initrds)
      implements BootStep {
    public Kernel {
      initrds = List.copyOf(initrds);
    }
  }

  /** What tells a kernel its command line. */
  sealed interface Options {}

  /** A boot loader's entry (type #1). */
  record Entry(LoaderEntry entry) implements Options {}

  /**
   * The optional data of a UEFI boot option: this text in UTF-16LE and a NUL. An initrd that it
   * names itself ({@code initrd=\initrd.img}) is loaded, but not measured.
   */
  record BootOption(String text) implements Options {}
}
