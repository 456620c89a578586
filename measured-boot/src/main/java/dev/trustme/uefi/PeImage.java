// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A PE32 or PE32+ image, signed or not, read with strict bounds: a kernel, a boot stub, a unified
 * kernel image. Microsoft PE Format; UEFI 2.10, 32.2. The certificate table, where there is one, is
 * the 8-aligned end of the file.
 */
public final class PeImage {
  private static final String CERTIFICATE_TABLE = "certificate table";
  private static final int ALIGNMENT = 8;

  private final ByteBuffer file;
  private final PeHeader header;
  private final List<PeSection> sections;
  private final CertificateTable certificateTable;
  private final List<WinCertificate> certificates;

  /**
   * The directory entry of the certificate table: offset in the file (not an address) and size in
   * bytes; both 0 in an unsigned image.
   */
  public record CertificateTable(long offset, long size) {
    public boolean isEmpty() {
      return size == 0;
    }
  }

  private PeImage(
      ByteBuffer file,
      PeHeader header,
      List<PeSection> sections,
      CertificateTable certificateTable,
      List<WinCertificate> certificates) {
    this.file = file;
    this.header = header;
    this.sections = sections;
    this.certificateTable = certificateTable;
    this.certificates = certificates;
  }

  public static PeImage parse(Bytes file) throws FormatException {
    return parse(file.buffer());
  }

  /** The buffer's remaining bytes are the file; it must not change while the image is in use. */
  public static PeImage parse(ByteBuffer file) throws FormatException {
    var content = file.slice().asReadOnlyBuffer();
    var reader = BinaryReader.littleEndian(content, "PE image");
    var header = PeHeader.read(reader);
    var table = readCertificateTable(reader, header);
    long end = table.isEmpty() ? content.limit() : table.offset();
    var sections = PeSection.readTable(reader, header, end);
    var entries = reader.at(CERTIFICATE_TABLE, table.isEmpty() ? content.limit() : table.offset());
    return new PeImage(content, header, sections, table, WinCertificate.readTable(entries));
  }

  private static CertificateTable readCertificateTable(BinaryReader file, PeHeader header)
      throws FormatException {
    var entry = file.at(CERTIFICATE_TABLE, header.certificateEntryOffset());
    var table = new CertificateTable(entry.u32(), entry.u32());
    long fileSize = file.remaining();
    boolean valid =
        table.isEmpty()
            ? table.offset() == 0
            : table.offset() % ALIGNMENT == 0
                && table.offset() >= header.sizeOfHeaders()
                && table.offset() + table.size() == fileSize;
    if (!valid) {
      throw new FormatException(
          CERTIFICATE_TABLE,
          header.certificateEntryOffset(),
          "%d bytes at offset %d are not the 8-aligned end of a file of %d bytes"
              .formatted(table.size(), table.offset(), fileSize));
    }
    return table;
  }

  public PeHeader header() {
    return header;
  }

  /** In the order of the table, which is the order of the file. */
  public List<PeSection> sections() {
    return sections;
  }

  public Optional<PeSection> section(String name) {
    return sections.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  /** A section's bytes as they lie in the file, padding included. */
  public ByteBuffer raw(PeSection section) {
    return section.rawSize() == 0
        ? ByteBuffer.allocate(0)
        : file.slice(Math.toIntExact(section.rawOffset()), Math.toIntExact(section.rawSize()));
  }

  /** A section's first VirtualSize bytes: its content, refused where the file does not hold it. */
  public ByteBuffer content(PeSection section) throws FormatException {
    if (section.virtualSize() > section.rawSize()) {
      throw new FormatException(
          "section " + section.name(),
          section.rawOffset(),
          "VirtualSize %d, but %d bytes in the file"
              .formatted(section.virtualSize(), section.rawSize()));
    }
    return raw(section).slice(0, Math.toIntExact(section.virtualSize()));
  }

  public CertificateTable certificateTable() {
    return certificateTable;
  }

  /** The signatures, first to last; empty in an unsigned image. */
  public List<WinCertificate> certificates() {
    return certificates;
  }

  /** The whole file as it was read. */
  public ByteBuffer file() {
    return file.duplicate();
  }

  /** Bytes before the certificate table: all of an unsigned image. */
  public int contentSize() {
    return certificateTable.isEmpty() ? file.limit() : Math.toIntExact(certificateTable.offset());
  }

  /**
   * The digest that a signature covers and firmware measures. Windows Authenticode PE Signature
   * Format 1.0, "Calculating the PE Image Hash". An unsigned image is hashed as if zero-padded to 8
   * bytes, which is what its signing does first. Refused where hashing section by section and
   * hashing the file from one end to the other would differ: verifiers do the one or the other.
   */
  public Digest authenticodeDigest(HashAlgorithm algorithm) throws FormatException {
    requireContiguous();
    var digest = algorithm.newDigest();
    int afterCheckSum = header.checkSumOffset() + 4;
    int afterEntry = header.certificateEntryOffset() + 8;
    digest.update(file.slice(0, header.checkSumOffset()));
    digest.update(file.slice(afterCheckSum, header.certificateEntryOffset() - afterCheckSum));
    digest.update(file.slice(afterEntry, contentSize() - afterEntry));
    digest.update(new byte[-contentSize() & (ALIGNMENT - 1)]);
    return new Digest(algorithm, Bytes.copyOf(digest.digest()));
  }

  /**
   * The section walk hashes the headers, then each section, then from the sum of their sizes to the
   * certificate table. That is the file from end to end exactly if no byte lies between them.
   */
  private void requireContiguous() throws FormatException {
    long sum = header.sizeOfHeaders();
    for (PeSection section : sections) {
      if (section.rawSize() != 0 && section.rawOffset() != sum) {
        throw new FormatException(
            "section " + section.name(),
            sum,
            "%d bytes before it belong to no section: digests of this image are ambiguous"
                .formatted(section.rawOffset() - sum));
      }
      sum += section.rawSize();
    }
  }

  /**
   * The value for the CheckSum field: 16-bit words added with carry, the field itself as 0, plus
   * the file's size. Firmware ignores it, other tools warn. Microsoft PE Format names ImageHlp for
   * it.
   */
  public static long checkSum(ByteBuffer file, int checkSumOffset) {
    var bytes = file.slice().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    long sum = 0;
    for (int i = 0; i < bytes.limit(); i += 2) {
      boolean skipped = i >= checkSumOffset && i < checkSumOffset + 4;
      int word = i + 1 < bytes.limit() ? bytes.getShort(i) & 0xffff : bytes.get(i) & 0xff;
      sum += skipped ? 0 : word;
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (sum & 0xffff) + (sum >>> 16) + bytes.limit();
  }
}
