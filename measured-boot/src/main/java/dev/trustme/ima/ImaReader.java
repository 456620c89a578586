// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Reads a log entry by entry, never more of it in memory than one entry and a buffer. After {@link
 * #next} the entry can be replayed at once ({@link ImaReplay}), or decoded ({@link #entry}). Not
 * for use by several threads.
 */
public abstract sealed class ImaReader implements Closeable
    permits BinaryImaReader, AsciiImaReader {
  private static final int MAX_PCR = 23;

  private final InputStream in;
  private final ImaFormat format;
  private final String structure;
  private ImaTemplate template = ImaTemplate.byName("ima-ng").orElseThrow();
  private byte[] templateName = template.name().getBytes(StandardCharsets.US_ASCII);
  private int pcr;
  private long count;
  final ImaWindow window;

  ImaReader(InputStream in, ImaFormat format, String structure) {
    this.in = in;
    this.format = format;
    this.structure = structure;
    this.window = new ImaWindow(in, format.order(), structure);
  }

  /** Reads a log in this form from the stream, which is closed with the reader. */
  public static ImaReader of(InputStream in, ImaFormat format) {
    return switch (format.encoding()) {
      case BINARY -> new BinaryImaReader(in, format);
      case ASCII -> new AsciiImaReader(in, format);
    };
  }

  /** Moves to the next entry; false at the end of the log. */
  public final boolean next() throws IOException, FormatException {
    if (!read()) {
      return false;
    }
    count++;
    return true;
  }

  abstract boolean read() throws IOException, FormatException;

  /** The current entry's PCR, as the log has it. */
  final void pcr(long value) throws FormatException {
    if (value > MAX_PCR) {
      throw new FormatException(
          structure, window.entryOffset(), "PCR %d, expected 0 to 23".formatted(value));
    }
    pcr = Math.toIntExact(value);
  }

  /** The current entry's template; most entries have that of the one before. */
  final void template(byte[] bytes, int from, int to, long nameOffset) throws FormatException {
    if (!Arrays.equals(bytes, from, to, templateName, 0, templateName.length)) {
      templateName = Arrays.copyOfRange(bytes, from, to);
      String name = new String(templateName, StandardCharsets.ISO_8859_1);
      template = ImaTemplate.parse(name, structure, nameOffset);
    }
  }

  /** Entries read so far. */
  public final long count() {
    return count;
  }

  public final ImaFormat format() {
    return format;
  }

  /** Of the current entry, in bytes from the log's start. */
  public final long offset() {
    return window.entryOffset();
  }

  public final int pcr() {
    return pcr;
  }

  public final ImaTemplate template() {
    return template;
  }

  /** The array that holds the template data as it is hashed. */
  abstract byte[] data();

  abstract int dataStart();

  abstract int dataSize();

  /** Where the template data (or its line) lies in the log, for errors. */
  abstract long dataOffset();

  /** The array that holds the logged template hash. */
  abstract byte[] loggedHash();

  abstract int loggedHashStart();

  /** Feeds the template data as the kernel hashes it. */
  public final void updateWithTemplateData(MessageDigest digest) {
    digest.update(data(), dataStart(), dataSize());
  }

  /** Whether the logged template hash is all zero: the kernel extended all ones. */
  public final boolean violation() {
    byte[] hash = loggedHash();
    int start = loggedHashStart();
    for (int i = 0; i < format.templateHash().size(); i++) {
      if (hash[start + i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the logged template hash is this. */
  final boolean loggedHashIs(byte[] value) {
    int size = format.templateHash().size();
    int start = loggedHashStart();
    return Arrays.equals(loggedHash(), start, start + size, value, 0, size);
  }

  /** The current entry as the log has it, every byte of it. */
  public final Bytes raw() {
    return Bytes.copyOf(Arrays.copyOfRange(window.bytes(), window.entry(), window.position()));
  }

  /** Whether the current entry is the first bytes of these, so many, without a copy. */
  public final boolean rawStarts(Bytes bytes, int rawSize) {
    return bytes.startsWith(rawSize, window.bytes(), window.entry(), window.position());
  }

  /** Size of the current entry, in bytes. */
  public final int rawSize() {
    return window.position() - window.entry();
  }

  /** The first four bytes of the logged template hash: where to look for the entry in a table. */
  public final int shortHash() {
    return ByteBuffer.wrap(loggedHash()).getInt(loggedHashStart());
  }

  /** The logged template hash of the current entry. */
  public final Digest templateHash() {
    HashAlgorithm algorithm = format.templateHash();
    int start = loggedHashStart();
    return new Digest(
        algorithm, Bytes.copyOf(Arrays.copyOfRange(loggedHash(), start, start + algorithm.size())));
  }

  /** The current entry, decoded. */
  public final ImaEntry entry() throws FormatException {
    var header =
        new ImaHeader(count - 1, offset(), dataOffset(), pcr(), templateHash(), template());
    Bytes data = Bytes.copyOf(Arrays.copyOfRange(data(), dataStart(), dataStart() + dataSize()));
    return ImaEntry.decode(header, data, order());
  }

  final ByteOrder order() {
    return format.order();
  }

  @Override
  public final void close() throws IOException {
    in.close();
  }
}
