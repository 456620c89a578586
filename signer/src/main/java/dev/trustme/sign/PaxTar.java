// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a pax archive whose files carry extended attributes as binary records {@code
 * SCHILY.xattr.NAME}, as star and GNU tar write and read them. POSIX.1-2017, pax, "ustar
 * Interchange Format" and "pax Extended Header". Owner root, one time: same files, same bytes.
 */
final class PaxTar {
  private static final int BLOCK = 512;
  private static final int RECORD = 20 * BLOCK;
  private static final int MAX_NAME = 100;
  private static final int FOLDER_MODE = 0755;
  private static final int FILE_MODE = 0644;
  private static final int EXECUTABLE_MODE = 0755;

  private final Outputs out;
  private final long mtime;
  private long written;

  /** Where the archive goes. */
  interface Outputs {
    void write(Bytes part) throws IOException;
  }

  PaxTar(Outputs out, Instant mtime) {
    this.out = out;
    this.mtime = mtime.getEpochSecond();
  }

  /** A regular file; executable for all where it is so for its owner. */
  void file(String name, Path file, Bytes content, Map<String, Bytes> attributes)
      throws IOException {
    boolean executable =
        Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
    Map<String, Bytes> records = new TreeMap<>();
    attributes.forEach((key, value) -> records.put("SCHILY.xattr." + key, value));
    entry(
        new Header(name, '0', executable ? EXECUTABLE_MODE : FILE_MODE, content.size(), ""),
        records);
    put(content);
    pad(BLOCK);
  }

  /** A folder or a symbolic link. */
  void other(String name, Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      entry(new Header(name + "/", '5', FOLDER_MODE, 0, ""), new TreeMap<>());
    } else {
      String target = Files.readSymbolicLink(path).toString();
      entry(new Header(name, '2', 0777, 0, target), new TreeMap<>());
    }
  }

  /** Two blocks of zeros, and zeros up to a whole record. */
  void finish() throws IOException {
    put(Bytes.zeros(2 * BLOCK));
    pad(RECORD);
  }

  private record Header(String name, char type, int mode, long size, String link) {}

  private void entry(Header header, Map<String, Bytes> records) throws IOException {
    if (utf8(header.name()).length > MAX_NAME) {
      records.put("path", Bytes.utf8(header.name()));
    }
    if (utf8(header.link()).length > MAX_NAME) {
      records.put("linkpath", Bytes.utf8(header.link()));
    }
    if (!records.isEmpty()) {
      var extended =
          Bytes.concat(
              records.entrySet().stream()
                  .map(r -> record(r.getKey(), r.getValue()))
                  .toArray(Bytes[]::new));
      block(new Header("pax", 'x', FILE_MODE, extended.size(), ""));
      put(extended);
      pad(BLOCK);
    }
    block(header);
  }

  /** {@code "%d %s=%s\n"}, where the number counts the whole record, itself included. */
  private static Bytes record(String key, Bytes value) {
    int rest = 1 + utf8(key).length + 1 + value.size() + 1;
    int length = rest + 1;
    while (Integer.toString(length).length() + rest != length) {
      length = Integer.toString(length).length() + rest;
    }
    return Bytes.concat(Bytes.utf8(length + " " + key + "="), value, Bytes.utf8("\n"));
  }

  private void block(Header header) throws IOException {
    var head = fields(header, "        ");
    int sum = 0;
    for (int i = 0; i < head.size(); i++) {
      sum += head.at(i);
    }
    put(fields(header, "%06o\0 ".formatted(sum)));
  }

  private Bytes fields(Header header, String checksum) {
    var block = BinaryWriter.bigEndian();
    text(block, header.name(), MAX_NAME);
    block.bytes(utf8("%07o\0".formatted(header.mode())));
    block.bytes(utf8("0000000\0")).bytes(utf8("0000000\0"));
    block.bytes(utf8("%011o\0".formatted(header.size())));
    block.bytes(utf8("%011o\0".formatted(mtime)));
    block.bytes(utf8(checksum)).u8(header.type());
    text(block, header.link(), MAX_NAME);
    block.bytes(utf8("ustar\00000"));
    text(block, "root", 32);
    text(block, "root", 32);
    block.bytes(utf8("0000000\0")).bytes(utf8("0000000\0"));
    return block.align(BLOCK).toBytes();
  }

  /** As much as fits; what does not is in the extended header. */
  private static void text(BinaryWriter block, String text, int field) {
    var bytes = Bytes.utf8(text);
    var part = bytes.slice(0, Math.min(bytes.size(), field));
    block.bytes(part).zeros(field - part.size());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void put(Bytes part) throws IOException {
    out.write(part);
    written += part.size();
  }

  private void pad(int unit) throws IOException {
    int over = (int) (written % unit);
    if (over > 0) {
      put(Bytes.zeros(unit - over));
    }
  }
}
