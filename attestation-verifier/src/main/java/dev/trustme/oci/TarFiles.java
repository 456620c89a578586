// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.oci;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
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
public final class TarFiles implements OciFiles {
  private static final int MAX_ENTRIES = 1_000_000;
  private static final int BUFFER = 1 << 16;

  private final Path archive;
  private final FileChannel channel;
  private final Map<String, Place> places = new HashMap<>();
  private long end;

  /**
   * Where a file lies: bytes from the start of the archive to its content and to the next entry.
   *
   * @param name as the archive has it, perhaps with a leading "./"
   */
  public record Place(String name, long content, long size, long end) {}

  private TarFiles(Path archive, FileChannel channel) {
    this.archive = archive;
    this.channel = channel;
  }

  public static TarFiles open(Path archive) throws IOException, FormatException {
    Inputs.requireReadable(archive);
    var channel = FileChannel.open(archive, StandardOpenOption.READ);
    try {
      var files = new TarFiles(archive, channel);
      files.list(channel.size());
      return files;
    } catch (IOException | FormatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void list(long length) throws IOException, FormatException {
    try (var in = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
        var guard = new TarGuard(in);
        var tar = new TarArchiveInputStream(guard, "UTF-8")) {
      int entries = 0;
      for (var entry = next(tar, archive); entry.isPresent(); entry = next(tar, archive)) {
        if (++entries > MAX_ENTRIES) {
          throw malformed(archive, "more than %d entries".formatted(MAX_ENTRIES));
        }
        end = guard.position() + guard.entryLeft();
        add(entry.get(), guard, length);
      }
    }
  }

  private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar, Path archive)
      throws FormatException {
    try {
      return Optional.ofNullable(tar.getNextEntry());
    } catch (IOException | IllegalArgumentException e) {
      throw malformed(archive, "is damaged: " + e.getMessage());
    }
  }

  private void add(TarArchiveEntry entry, TarGuard guard, long length) throws FormatException {
    if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
      return;
    }
    long content = guard.position();
    if (entry.getSize() > length - content) {
      throw malformed(archive, "is cut off");
    }
    String full = entry.getName();
    String name = full.startsWith("./") ? full.substring(2) : full;
    var place = new Place(full, content, entry.getSize(), end);
    if (places.put(name, place) != null) {
      throw malformed(archive, "'%s' appears twice".formatted(printable(name)));
    }
  }

  private static FormatException malformed(Path archive, String problem) {
    return new FormatException("image archive", 0, problem).in(archive.toString());
  }

  /** The names of all of them, sorted. */
  public Set<String> names() {
    return new TreeSet<>(places.keySet());
  }

  /** Where the last entry ends, and nothing but zeros follows. */
  public long end() {
    return end;
  }

  /** Bytes of the archive as they lie there. */
  public Bytes bytes(long from, int count) throws IOException {
    return Bytes.copyOf(new Part(channel, from, count).readNBytes(count));
  }

  /** Appends these bytes of the archive to another file. */
  public void copy(long from, long to, FileChannel out) throws IOException {
    for (long at = from; at < to; ) {
      long got = channel.transferTo(at, to - at, out);
      if (got <= 0) {
        throw new IOException(archive + ": became shorter while it was read");
      }
      at += got;
    }
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
    return places.containsKey(name);
  }

  @Override
  public long size(String name) throws FormatException {
    return place(name).size();
  }

  @Override
  public InputStream open(String name) throws FormatException {
    var place = place(name);
    return new BufferedInputStream(new Part(channel, place.content(), place.size()), BUFFER);
  }

  /** Where a file lies; one that is missing is malformed. */
  public Place place(String name) throws FormatException {
    var place = places.get(name);
    if (place == null) {
      throw new FormatException("image archive", 0, "holds no file '%s'".formatted(printable(name)))
          .in(path(name));
    }
    return place;
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
