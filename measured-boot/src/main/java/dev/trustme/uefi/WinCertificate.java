// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * WIN_CERTIFICATE of a PE image's attribute certificate table, little-endian; {@code dwLength} in
 * bytes with its 8-byte header. Microsoft PE Format, "The Attribute Certificate Table"; UEFI 2.10,
 * 32.2.2:
 *
 * <pre>
 * UINT32 dwLength; UINT16 wRevision (0x0200); UINT16 wCertificateType (0x0002); UINT8 bCertificate[];
 * </pre>
 *
 * @param offset where the entry begins in the file
 * @param signedData the DER of the PKCS#7 ContentInfo alone: up to 7 zero bytes may follow it
 *     within {@code dwLength}, anything else is refused, as it could be changed without breaking a
 *     signature
 */
public record WinCertificate(long offset, Bytes signedData) {
  private static final String STRUCTURE = "WIN_CERTIFICATE";
  private static final int HEADER_SIZE = 8;
  private static final int ALIGNMENT = 8;
  private static final int MAX_ENTRIES = 64;
  private static final int REVISION_2_0 = 0x0200;
  private static final int TYPE_PKCS_SIGNED_DATA = 0x0002;

  /** All entries; the table is exactly the entries, each rounded up to 8 bytes. */
  static List<WinCertificate> readTable(BinaryReader table) throws FormatException {
    List<WinCertificate> entries = new ArrayList<>();
    while (table.hasRemaining()) {
      if (entries.size() == MAX_ENTRIES) {
        throw table.malformed("more than %d signatures".formatted(MAX_ENTRIES));
      }
      entries.add(read(table));
    }
    return List.copyOf(entries);
  }

  private static WinCertificate read(BinaryReader table) throws FormatException {
    var entry = table.named(STRUCTURE);
    long offset = entry.offset();
    long length = entry.u32();
    int revision = entry.u16();
    int type = entry.u16();
    if (length <= HEADER_SIZE) {
      throw new FormatException(STRUCTURE, offset, "dwLength %d".formatted(length));
    }
    if (revision != REVISION_2_0 || type != TYPE_PKCS_SIGNED_DATA) {
      throw new FormatException(
          STRUCTURE,
          offset,
          "expected wRevision 0x0200 and wCertificateType 0x0002, found 0x%04x and 0x%04x"
              .formatted(revision, type));
    }
    var content = entry.slice(STRUCTURE, length - HEADER_SIZE);
    Bytes der = content.bytes(derLength(content));
    requireZeros(content.named(STRUCTURE), content.remaining());
    requireZeros(entry, (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT);
    return new WinCertificate(offset, der);
  }

  private static void requireZeros(BinaryReader reader, long count) throws FormatException {
    if (count >= ALIGNMENT) {
      throw reader.malformed("%d bytes after the signature's DER".formatted(count));
    }
    long offset = reader.offset();
    if (!reader.bytes(count).isAllZero()) {
      throw new FormatException(STRUCTURE, offset, "padding that is not zero");
    }
  }

  /**
   * Length of the DER SEQUENCE at the reader's position, header included. X.690, 8.1.3 and 10.1.
   */
  private static long derLength(BinaryReader content) throws FormatException {
    var look = content.at("ContentInfo", 0);
    if (look.u8() != 0x30) {
      throw look.malformed("is not a DER SEQUENCE");
    }
    int first = look.u8();
    if (first < 0x80) {
      return 2L + first;
    }
    int count = first & 0x7f;
    if (count == 0 || count > 4) {
      throw look.malformed("a length that is not DER");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | look.u8();
    }
    if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
      throw look.malformed("a length that is not the shortest");
    }
    return 2L + count + length;
  }
}
