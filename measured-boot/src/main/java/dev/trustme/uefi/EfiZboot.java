// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Optional;
import java.util.Set;

/**
 * The header of a compressed EFI kernel (Linux, drivers/firmware/efi/libstub/zboot-header.S): a PE
 * image that carries the kernel and unpacks it. Little-endian; offset and size in bytes of the
 * file:
 *
 * <pre>
 * "MZ\0\0" "zimg" UINT32 payloadOffset; UINT32 payloadSize; UINT32 reserved[2]; CHAR8 compression[32];
 * </pre>
 *
 * Firmware verifies the outer image; the payload is part of it and is not verified by itself.
 */
public record EfiZboot(long payloadOffset, long payloadSize, String compression) {
  private static final String STRUCTURE = "EFI zboot header";
  private static final Bytes MAGIC = Bytes.utf8("MZ\0\0zimg");
  private static final int NAME_OFFSET = 0x18;
  private static final int NAME_SIZE = 32;
  private static final Set<String> COMPRESSIONS =
      Set.of("gzip", "lz4", "lzma", "lzo", "xzkern", "zstd", "zstd22");

  /** The header of a file that has one; empty for any other. */
  public static Optional<EfiZboot> of(PeImage image) throws FormatException {
    var file = image.file();
    if (file.limit() < NAME_OFFSET + NAME_SIZE
        || !Bytes.copyOf(file.slice(0, MAGIC.size())).equals(MAGIC)) {
      return Optional.empty();
    }
    var reader = BinaryReader.littleEndian(file, STRUCTURE).at(STRUCTURE, MAGIC.size());
    long offset = reader.u32();
    long size = reader.u32();
    reader.skip(8);
    String name = name(reader.bytes(NAME_SIZE));
    if (size == 0 || offset + size > image.contentSize()) {
      throw new FormatException(
          STRUCTURE,
          MAGIC.size(),
          "a payload of %d bytes at offset %d in an image of %d bytes"
              .formatted(size, offset, image.contentSize()));
    }
    return Optional.of(new EfiZboot(offset, size, name));
  }

  private static String name(Bytes field) throws FormatException {
    String text = field.utf8();
    int end = text.indexOf('\0');
    String name = end < 0 ? text : text.substring(0, end);
    if (!COMPRESSIONS.contains(name)) {
      throw new FormatException(STRUCTURE, NAME_OFFSET, "an unknown compression");
    }
    return name;
  }
}
