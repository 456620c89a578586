// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * What an EFI program is, for people: the machine, and the kind by marks that Linux and systemd
 * leave. Only the image is ever trusted, never these words.
 */
public record EfiProgram(String machine, String kind) {
  private static final int BZIMAGE_MAGIC = 0x202;
  private static final int ARM64_MAGIC = 0x38;

  public static EfiProgram of(PeImage image) throws FormatException {
    return new EfiProgram(machine(image.header()), kind(image));
  }

  /** IMAGE_FILE_HEADER.Machine by its usual name. */
  public static String machine(PeHeader header) {
    return switch (header.machine()) {
      case 0x8664 -> "x86-64";
      case 0xaa64 -> "AArch64";
      case 0x014c -> "i386";
      case 0x01c2, 0x01c4 -> "ARM";
      case 0x5064 -> "RISC-V 64";
      case 0x6264 -> "LoongArch 64";
      default -> "machine 0x%04x".formatted(header.machine());
    };
  }

  private static String kind(PeImage image) throws FormatException {
    var zboot = EfiZboot.of(image);
    if (zboot.isPresent()) {
      return "EFI zboot kernel, %s, payload of %d bytes at offset %d"
          .formatted(
              zboot.get().compression(), zboot.get().payloadSize(), zboot.get().payloadOffset());
    }
    if (image.section(".linux").isPresent()) {
      return "unified kernel image";
    }
    if (has(image, BZIMAGE_MAGIC, Bytes.utf8("HdrS"))) {
      return "bzImage kernel with EFI stub";
    }
    if (has(image, ARM64_MAGIC, Bytes.utf8("ARMd"))) {
      return "ARM64 Image kernel";
    }
    return "EFI program, %s".formatted(image.header().pe32Plus() ? "PE32+" : "PE32");
  }

  private static boolean has(PeImage image, int offset, Bytes magic) {
    var file = image.file();
    return file.limit() >= offset + magic.size()
        && Bytes.copyOf(file.slice(offset, magic.size())).equals(magic);
  }

  @Override
  public String toString() {
    return machine + " " + kind;
  }
}
