// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.oci.OciFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The regular files in an uncompressed tar archive, read where they lie in it: nothing is unpacked,
 * so an entry's name is only ever a name.
 */
final class TarFiles implements OciFiles {
  private static final int MAX_ENTRIES = 1_000_000;
  private static final int BUFFER = 1 << 16;

  private final Path archive;
  private final FileChannel channel;
  private final Map<String, Range> ranges;

  /** Where a file's content lies: bytes from the start of the archive. */
  private record Range(long offset, long size) {}

  private TarFiles(Path archive, FileChannel channel, Map<String, Range> ranges) {
    this.archive = archive;
    this.channel = channel;
    this.ranges = ranges;
  }

  static TarFiles open(Path archive) throws IOException, FormatException {
    Inputs.requireReadable(archive);
    var channel = FileChannel.open(archive, StandardOpenOption.READ);
    try {
      return new TarFiles(archive, channel, ranges(archive, channel.size()));
    } catch (IOException | FormatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Map<String, Range> ranges(Path archive, long length)
      throws IOException, FormatException {
    Map<String, Range> ranges = new HashMap<>();
    try (var in = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
        var guard = new TarGuard(in);
        var tar = new TarArchiveInputStream(guard, "UTF-8")) {
      int entries = 0;
      for (var entry = next(tar, archive); entry.isPresent(); entry = next(tar, archive)) {
        if (++entries > MAX_ENTRIES) {
          throw malformed(archive, "more than %d entries".formatted(MAX_ENTRIES));
        }
        add(ranges, entry.get(), guard.position(), length, archive);
      }
    }
    return ranges;
  }

  private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar, Path archive)
      throws FormatException {
    try {
      return Optional.ofNullable(tar.getNextEntry());
    } catch (IOException | IllegalArgumentException e) {
      throw malformed(archive, "is damaged: " + e.getMessage());
    }
  }

  private static void add(
      Map<String, Range> ranges, TarArchiveEntry entry, long offset, long length, Path archive)
      throws FormatException {
    if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
      return;
    }
    String name = entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
    if (entry.getSize() > length - offset) {
      throw malformed(archive, "is cut off");
    }
    if (ranges.put(name, new Range(offset, entry.getSize())) != null) {
      throw malformed(archive, "'%s' appears twice".formatted(printable(name)));
    }
  }

  private static FormatException malformed(Path archive, String problem) {
    return new FormatException("image archive", 0, problem).in(archive.toString());
  }

  /** The names of all of them, sorted. */
  Set<String> names() {
    return new TreeSet<>(ranges.keySet());
  }

  @Override
  public String path(String name) {
    return archive + ":" + printable(name);
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public boolean has(String name) {
    return ranges.containsKey(name);
  }

  @Override
  public long size(String name) throws FormatException {
    return range(name).size();
  }

  @Override
  public InputStream open(String name) throws FormatException {
    var range = range(name);
    return new BufferedInputStream(new Part(channel, range.offset(), range.size()), BUFFER);
  }

  private Range range(String name) throws FormatException {
    var range = ranges.get(name);
    if (range == null) {
      throw new FormatException("image archive", 0, "holds no file '%s'".formatted(printable(name)))
          .in(path(name));
    }
    return range;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** A run of bytes of the archive. */
  private static final class Part extends InputStream {
    private final FileChannel channel;
    private final long end;
    private long at;

    Part(FileChannel channel, long offset, long size) {
      this.channel = channel;
      this.at = offset;
      this.end = offset + size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (at >= end || length == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = (int) Math.min(length, end - at);
      int got = channel.read(ByteBuffer.wrap(target, offset, count), at);
      at += Math.max(0, got);
      return got;
    }
  }
}
