// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.FormatException;
import dev.trustme.oci.TarGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lays one layer's tar archive over a tree. Refused: paths that are absolute or climb, sparse
 * files, names that are not UTF-8, and of a container's layer devices, FIFOs and owners above
 * 65535. Taken away: extended attributes and times, of a container's layer setuid and setgid.
 */
final class LayerArchive {
  private static final int CHUNK = 1 << 16;
  private static final int MAX_PATH = 4096;
  private static final int MAX_NAME = 255;
  private static final int MAX_ID = 65535;
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final RootTree tree;
  private final OutputStream spool;
  private final ArchiveRules rules;
  private long spooled;

  /** File content is appended to the spool. */
  LayerArchive(RootTree tree, OutputStream spool, ArchiveRules rules) {
    this.tree = tree;
    this.spool = spool;
    this.rules = rules;
  }

  void read(InputStream archive) throws IOException, FormatException {
    tree.nextLayer();
    var tar = new TarArchiveInputStream(new TarGuard(archive), StandardCharsets.UTF_8.name());
    for (var entry = next(tar); entry != null; entry = next(tar)) {
      add(entry, tar);
    }
  }

  private static @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws FormatException {
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw new FormatException("tar header", tar.getBytesRead(), "is damaged: " + e.getMessage());
    }
  }

  private void add(TarArchiveEntry entry, TarArchiveInputStream tar)
      throws IOException, FormatException {
    String path = path(entry.getName());
    if ((entry.isLink() || entry.isSymbolicLink()) && entry.getName().endsWith("/")) {
      throw malformed(entry.getName(), "is a link with a folder's name");
    }
    if (path.isEmpty()) {
      if (!entry.isDirectory()) {
        throw malformed(entry.getName(), "the root is no directory");
      }
      return;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.startsWith(WHITEOUT) && !rules.root()) {
      whiteout(path, name);
    } else if (entry.isLink()) {
      tree.link(path, path(entry.getLinkName()));
    } else {
      tree.put(path, node(path, entry, tar));
    }
  }

  private void whiteout(String path, String name) throws FormatException {
    String parent = path.substring(0, path.length() - name.length());
    if (name.equals(OPAQUE) && !parent.isEmpty()) {
      tree.clear(parent.substring(0, parent.length() - 1));
    } else if (name.length() > WHITEOUT.length() && !name.startsWith(WHITEOUT + WHITEOUT)) {
      tree.remove(path(parent + name.substring(WHITEOUT.length())));
    } else {
      throw malformed(path, "is a whiteout of an unknown kind");
    }
  }

  private RootTree.Node node(String path, TarArchiveEntry entry, TarArchiveInputStream tar)
      throws IOException, FormatException {
    var attributes = attributes(path, entry);
    if (entry.isDirectory()) {
      return new RootTree.Directory(attributes);
    }
    if (entry.isSymbolicLink()) {
      return new RootTree.Symlink(attributes, text(path, entry.getLinkName()));
    }
    boolean special = entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO();
    if (special && rules.root()) {
      return new RootTree.Special(
          attributes, entry.getLinkFlag(), entry.getDevMajor(), entry.getDevMinor());
    }
    if (special || !entry.isFile() || entry.isSparse()) {
      throw malformed(path, "is a device, a FIFO, a sparse file or of an unknown type");
    }
    return file(path, attributes, entry.getSize(), tar);
  }

  private RootTree.RegularFile file(
      String path, RootTree.Attributes attributes, long size, TarArchiveInputStream tar)
      throws IOException, FormatException {
    if (size > rules.maxContent() - spooled) {
      throw malformed(path, "the image holds more than %d bytes".formatted(rules.maxContent()));
    }
    for (long left = size; left > 0; ) {
      byte[] part = content(path, tar, Math.toIntExact(Math.min(left, CHUNK)));
      spool.write(part);
      left -= part.length;
    }
    var file = new RootTree.RegularFile(attributes, spooled, size);
    spooled += size;
    return file;
  }

  /** Some of an entry's content, at least a byte. */
  private byte[] content(String path, TarArchiveInputStream tar, int count) throws FormatException {
    try {
      byte[] part = tar.readNBytes(count);
      if (part.length > 0) {
        return part;
      }
    } catch (IOException e) {
      throw malformed(path, "is damaged: " + e.getMessage());
    }
    throw malformed(path, "is cut off");
  }

  private RootTree.Attributes attributes(String path, TarArchiveEntry entry)
      throws FormatException {
    if (rules.root()) {
      return new RootTree.Attributes(entry.getMode() & rules.permissions(), 0, 0);
    }
    long uid = entry.getLongUserId();
    long gid = entry.getLongGroupId();
    if (uid < 0 || uid > MAX_ID || gid < 0 || gid > MAX_ID) {
      throw malformed(path, "owner %d:%d, expected 0 to %d".formatted(uid, gid, MAX_ID));
    }
    return new RootTree.Attributes(
        entry.getMode() & rules.permissions(), Math.toIntExact(uid), Math.toIntExact(gid));
  }

  /** Without {@code ./} before and {@code /} behind it; the root is empty. */
  private String path(String name) throws FormatException {
    String path = text(name, name);
    if (path.startsWith("/")) {
      throw malformed(name, "is an absolute path");
    }
    while (path.startsWith("./")) {
      path = path.substring(2);
    }
    if (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if (path.isEmpty() || path.equals(".")) {
      return "";
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw malformed(name, "has an empty, '.' or '..' part");
      }
      if (part.getBytes(StandardCharsets.UTF_8).length > MAX_NAME) {
        throw malformed(name, "has a part longer than %d bytes".formatted(MAX_NAME));
      }
    }
    return path;
  }

  private String text(String path, String value) throws FormatException {
    if (value.isEmpty()
        || value.indexOf('\ufffd') >= 0
        || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)
        || value.getBytes(StandardCharsets.UTF_8).length >= MAX_PATH) {
      throw malformed(
          path, "has a name or target that is empty, too long, not UTF-8 or not printable");
    }
    return value;
  }

  private FormatException malformed(String path, String problem) {
    return new FormatException(rules.entry(path), 0, problem);
  }
}
