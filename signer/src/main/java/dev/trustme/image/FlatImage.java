// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.FormatException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** All layers of an image as one tree, which can be written as one tar archive. */
final class FlatImage implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final RootTree tree;
  private final FileChannel spool;

  private FlatImage(RootTree tree, FileChannel spool) {
    this.tree = tree;
    this.spool = spool;
  }

  /** What is to be read into a tree. */
  private interface Source {
    void readTo(LayerArchive archive) throws IOException, FormatException;
  }

  /** Lays the layers over each other; file content goes to {@code spool}, a new file. */
  static FlatImage of(SourceImage image, Path spool) throws IOException, FormatException {
    return of(
        ArchiveRules.LAYER,
        spool,
        archive -> {
          for (var layer : image.layers()) {
            layer.read(archive::read);
          }
        });
  }

  /** A device's root, from an uncompressed tar archive. */
  static FlatImage ofRoot(Path tar, Path spool) throws IOException, FormatException {
    return of(
        ArchiveRules.ROOT,
        spool,
        archive -> {
          try (var in = new BufferedInputStream(Files.newInputStream(tar), BUFFER)) {
            archive.read(in);
          } catch (FormatException e) {
            throw e.in(tar.toString());
          }
        });
  }

  private static FlatImage of(ArchiveRules rules, Path spool, Source source)
      throws IOException, FormatException {
    var channel =
        FileChannel.open(
            spool,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    var flat = new FlatImage(new RootTree(rules), channel);
    try {
      var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
      source.readTo(new LayerArchive(flat.tree, out, rules));
      out.flush();
      return flat;
    } catch (IOException | FormatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** All paths with what lies there, parents first. */
  Map<String, RootTree.Node> entries() {
    return tree.entries();
  }

  /** Sorted by path, all times 1970; a file's further names are hard links to its first. */
  void writeTo(OutputStream out) throws IOException {
    var tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    Map<RootTree.RegularFile, String> written = new HashMap<>();
    for (var entry : tree.entries().entrySet()) {
      switch (entry.getValue()) {
        case RootTree.Directory directory ->
            put(tar, new TarArchiveEntry(entry.getKey() + "/"), directory.attributes());
        case RootTree.Symlink link -> {
          var header = new TarArchiveEntry(entry.getKey(), TarConstants.LF_SYMLINK);
          header.setLinkName(link.target());
          put(tar, header, link.attributes());
        }
        case RootTree.Special special -> {
          var header = new TarArchiveEntry(entry.getKey(), special.type());
          header.setDevMajor(special.major());
          header.setDevMinor(special.minor());
          put(tar, header, special.attributes());
        }
        case RootTree.RegularFile file -> {
          String first = written.putIfAbsent(file, entry.getKey());
          writeFile(tar, entry.getKey(), file, first == null ? "" : first);
        }
      }
    }
    tar.finish();
  }

  private void writeFile(
      TarArchiveOutputStream tar, String path, RootTree.RegularFile file, String first)
      throws IOException {
    if (!first.isEmpty()) {
      var link = new TarArchiveEntry(path, TarConstants.LF_LINK);
      link.setLinkName(first);
      put(tar, link, file.attributes());
      return;
    }
    var header = new TarArchiveEntry(path, TarConstants.LF_NORMAL);
    header.setSize(file.size());
    start(tar, header, file.attributes());
    copy(file, tar);
    tar.closeArchiveEntry();
  }

  /** The content of a file. */
  void copy(RootTree.RegularFile file, OutputStream out) throws IOException {
    var buffer = ByteBuffer.allocate(BUFFER);
    long end = file.offset() + file.size();
    for (long at = file.offset(); at < end; ) {
      buffer.clear().limit((int) Math.min(BUFFER, end - at));
      int got = spool.read(buffer, at);
      if (got <= 0) {
        throw new IOException("the temporary file became shorter while it was read");
      }
      out.write(buffer.array(), 0, got);
      at += got;
    }
  }

  private static void put(
      TarArchiveOutputStream tar, TarArchiveEntry header, RootTree.Attributes attributes)
      throws IOException {
    start(tar, header, attributes);
    tar.closeArchiveEntry();
  }

  private static void start(
      TarArchiveOutputStream tar, TarArchiveEntry header, RootTree.Attributes attributes)
      throws IOException {
    header.setMode(attributes.mode());
    header.setUserId(attributes.uid());
    header.setGroupId(attributes.gid());
    header.setUserName("");
    header.setGroupName("");
    header.setModTime(0);
    tar.putArchiveEntry(header);
  }

  /** Deletes the spool. */
  @Override
  public void close() throws IOException {
    spool.close();
  }
}
