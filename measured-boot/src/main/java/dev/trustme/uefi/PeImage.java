// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

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

  /** Computed once: verifiers ask for the same digest at every step. */
  private final Map<HashAlgorithm, Digest> digests = new ConcurrentHashMap<>();

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
    String problem = misplaced(table, header, fileSize);
    if (!problem.isEmpty()) {
      throw new FormatException(CERTIFICATE_TABLE, header.certificateEntryOffset(), problem);
    }
    return table;
  }

  /** Why no table can lie there; empty where it can: the 8-aligned end of the file. */
  private static String misplaced(CertificateTable table, PeHeader header, long fileSize) {
    long end = table.offset() + table.size();
    if (table.isEmpty()) {
      return table.offset() == 0 ? "" : "offset %d without a size".formatted(table.offset());
    }
    if (table.offset() < header.sizeOfHeaders()) {
      return "offset %d lies inside the headers of %d bytes"
          .formatted(table.offset(), header.sizeOfHeaders());
    }
    if (table.offset() % ALIGNMENT != 0) {
      return "offset %d is no multiple of 8".formatted(table.offset());
    }
    if (end > fileSize) {
      return "%d bytes at offset %d reach beyond the file of %d bytes"
          .formatted(table.size(), table.offset(), fileSize);
    }
    return end == fileSize ? "" : "%d bytes follow it in the file".formatted(fileSize - end);
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
    var known = digests.get(algorithm);
    if (known != null) {
      return known;
    }
    requireContiguous();
    var digest = linearDigest(algorithm);
    digests.put(algorithm, digest);
    return digest;
  }

  /** From one end to the other without CheckSum, directory entry and certificate table. */
  private Digest linearDigest(HashAlgorithm algorithm) {
    var digest = algorithm.newDigest();
    updateWithHeaders(digest);
    int start = Math.toIntExact(header.sizeOfHeaders());
    digest.update(file.slice(start, contentSize() - start));
    return padded(algorithm, digest);
  }

  /**
   * As the specification has it: the headers, each section in the order of the file, then what lies
   * behind the sum of their sizes.
   */
  Digest sectionWalkDigest(HashAlgorithm algorithm) {
    var digest = algorithm.newDigest();
    updateWithHeaders(digest);
    long sum = header.sizeOfHeaders();
    for (PeSection section : sections) {
      digest.update(raw(section));
      sum += section.rawSize();
    }
    if (sum < contentSize()) {
      int start = Math.toIntExact(sum);
      digest.update(file.slice(start, contentSize() - start));
    }
    return padded(algorithm, digest);
  }

  private void updateWithHeaders(MessageDigest digest) {
    int afterCheckSum = header.checkSumOffset() + 4;
    int afterEntry = header.certificateEntryOffset() + 8;
    digest.update(file.slice(0, header.checkSumOffset()));
    digest.update(file.slice(afterCheckSum, header.certificateEntryOffset() - afterCheckSum));
    digest.update(file.slice(afterEntry, Math.toIntExact(header.sizeOfHeaders()) - afterEntry));
  }

  private Digest padded(HashAlgorithm algorithm, MessageDigest digest) {
    digest.update(new byte[-contentSize() & (ALIGNMENT - 1)]);
    return new Digest(algorithm, Bytes.copyOf(digest.digest()));
  }

  /**
   * The section walk is the file from end to end exactly if no byte lies between the sections;
   * where one does, both digests are computed and told.
   */
  private void requireContiguous() throws FormatException {
    long sum = header.sizeOfHeaders();
    for (PeSection section : sections) {
      if (section.rawSize() != 0 && section.rawOffset() != sum) {
        throw new FormatException(
            "section " + section.name(),
            sum,
            "%d bytes before it belong to no section: digests of this image are ambiguous (%s by"
                    .formatted(section.rawOffset() - sum, sectionWalkDigest(HashAlgorithm.SHA256))
                + " sections, %s from end to end)".formatted(linearDigest(HashAlgorithm.SHA256)));
      }
      sum += section.rawSize();
    }
  }

  /** The value that the CheckSum field holds; many signers leave a wrong one. */
  public long statedCheckSum() {
    var little = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return Integer.toUnsignedLong(little.getInt(header.checkSumOffset()));
  }

  /**
   * The value for the CheckSum field: 16-bit words added with carry, the field itself as 0, plus
   * the file's size. Firmware ignores it, other tools warn. Microsoft PE Format names ImageHlp for
   * it.
   */
  public static long checkSum(ByteBuffer file, int checkSumOffset) {
    var bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    int afterField = Math.min(checkSumOffset + 4, bytes.limit());
    long sum = sum(bytes, 0, checkSumOffset) + sum(bytes, afterField, bytes.limit());
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum + bytes.limit();
  }

  /** The words' sum, four at a time: carries are folded at the end, which gives the same. */
  private static long sum(ByteBuffer bytes, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long words = bytes.getLong(at);
      sum += (words & 0xffff_ffffL) + (words >>> 32);
    }
    for (; at < to; at += 2) {
      sum += at + 1 < to ? bytes.getShort(at) & 0xffff : bytes.get(at) & 0xff;
    }
    return sum;
  }

  /**
   * Whether both are the same program: all bytes but signatures and what changes with them, which
   * are the checksum, the certificate table's entry, and the zeros that pad the content.
   */
  public boolean sameProgram(PeImage other) {
    int common = Math.min(contentSize(), other.contentSize());
    int checkSum = header.checkSumOffset();
    int entry = header.certificateEntryOffset();
    return checkSum == other.header.checkSumOffset()
        && entry == other.header.certificateEntryOffset()
        && same(other, 0, checkSum)
        && same(other, checkSum + 4, entry)
        && same(other, entry + 8, common)
        && endsPadded(common)
        && other.endsPadded(common);
  }

  private boolean same(PeImage other, int from, int to) {
    return file.slice(from, to - from).equals(other.file.slice(from, to - from));
  }

  /** Whether from here on the content has no more than the zeros that align its end. */
  private boolean endsPadded(int from) {
    int more = contentSize() - from;
    return more <= (-from & (ALIGNMENT - 1))
        && file.slice(from, more).equals(ByteBuffer.allocate(more));
  }
}
