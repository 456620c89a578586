// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.TarFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A layout's tar archive with signatures in it: every entry stays as it is and in its place, but
 * {@code index.json} has another content; new blobs follow the last entry, with that file's owner,
 * mode and time. Same archive and signatures, same bytes. POSIX.1-2017, pax, "ustar Interchange
 * Format".
 */
final class SignedArchive {
  private static final int BLOCK = 512;
  private static final int RECORD = 20 * BLOCK;
  private static final int NAME = 100;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final int LINK_NAME = 157;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_END = 500;

  private final TarFiles archive;
  private final FileChannel out;

  private SignedArchive(TarFiles archive, FileChannel out) {
    this.archive = archive;
    this.out = out;
  }

  /** Writes the archive into the empty file. */
  static void write(TarFiles archive, LayoutSigner.Signed signed, FileChannel out)
      throws IOException, FormatException {
    new SignedArchive(archive, out).write(signed);
  }

  private void write(LayoutSigner.Signed signed) throws IOException, FormatException {
    var index = archive.place(LayoutFile.INDEX_NAME);
    var header = archive.bytes(index.content() - BLOCK, BLOCK);
    archive.copy(0, index.content() - BLOCK, out);
    entry(sized(header, signed.index().size()), signed.index());
    archive.copy(index.end(), archive.end(), out);
    String folder = index.name().startsWith("./") ? "./" : "";
    for (var blob : signed.blobs().entrySet()) {
      var named = plain(header, folder + blob.getKey());
      entry(sized(named, blob.getValue().size()), blob.getValue());
    }
    put(Bytes.zeros(2 * BLOCK));
    put(Bytes.zeros(Math.floorMod(-out.position(), RECORD)));
  }

  private void entry(Bytes header, Bytes content) throws IOException {
    put(header);
    put(content);
    put(Bytes.zeros(-content.size() & (BLOCK - 1)));
  }

  private void put(Bytes part) throws IOException {
    var buffer = part.buffer();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  /** A regular file of this name, which is short and in ASCII. */
  private static Bytes plain(Bytes header, String name) {
    var field = Bytes.utf8(name);
    return BinaryWriter.bigEndian()
        .bytes(field)
        .zeros(NAME - field.size())
        .bytes(header.slice(NAME, TYPE))
        .u8('0')
        .zeros(MAGIC - LINK_NAME)
        .bytes(header.slice(MAGIC, PREFIX))
        .zeros(PREFIX_END - PREFIX)
        .bytes(header.slice(PREFIX_END, BLOCK))
        .toBytes();
  }

  private static Bytes sized(Bytes header, int size) {
    var blank = withChecksum(header, size, "        ");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += blank.at(i);
    }
    return withChecksum(header, size, "%06o\0 ".formatted(sum));
  }

  private static Bytes withChecksum(Bytes header, int size, String checksum) {
    return BinaryWriter.bigEndian()
        .bytes(header.slice(0, SIZE))
        .bytes(Bytes.utf8("%011o\0".formatted(size)))
        .bytes(header.slice(SIZE + 12, CHECKSUM))
        .bytes(Bytes.utf8(checksum))
        .bytes(header.slice(TYPE, BLOCK))
        .toBytes();
  }
}
