// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.oci.TarFiles;
import dev.trustme.release.ShippedDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The digests of many files, at least one, one after the other and none of them whole in memory: of
 * a folder, of a tar archive without unpacking it, or of a list of sums.
 */
public final class FileHashes {
  private static final String STRUCTURE = "list of sums";
  private static final int BUFFER = 1 << 16;
  private static final long MAX_LIST = 64L << 20;

  private final HashAlgorithm hash;
  private final Sink sink;
  private long count;

  /** Where the files go. */
  @FunctionalInterface
  public interface Sink {
    /** A file's name, relative to folder or archive, and its digest. */
    void add(String name, ShippedDigest digest) throws FormatException;
  }

  public FileHashes(HashAlgorithm hash, Sink sink) {
    this.hash = hash;
    this.sink = sink;
  }

  /** All regular files below the folder; links are not followed. */
  public void folder(Path folder) throws IOException, FormatException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, @Nullable IOException failure)
              throws IOException {
            throw new IOException(file + ": cannot be read");
          }
        });
    for (Path file : files) {
      Inputs.requireReadable(file);
      try (var in = Files.newInputStream(file)) {
        add(folder.relativize(file).toString(), hashed(in));
      }
    }
    requireAny(folder);
  }

  /** All regular files of the archive. */
  public void tar(Path archive) throws IOException, FormatException {
    try (var files = TarFiles.open(archive)) {
      for (String name : files.names()) {
        try (var in = files.open(name)) {
          add(name.startsWith("/") ? name.substring(1) : name, hashed(in));
        }
      }
    }
    requireAny(archive);
  }

  private void add(String name, ShippedDigest digest) throws FormatException {
    sink.add(name, digest);
    count++;
  }

  private void requireAny(Path source) throws FormatException {
    if (count == 0) {
      throw new FormatException("files", 0, "holds no file").in(source.toString());
    }
  }

  private ShippedDigest hashed(InputStream in) throws IOException {
    var digest = hash.newDigest();
    var buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      digest.update(buffer, 0, n);
    }
    return ShippedDigest.of(new Digest(hash, Bytes.copyOf(digest.digest())));
  }

  /**
   * Lines as sha256sum writes them, {@code HEX NAME}; in place of the hexadecimal digits there may
   * be {@code sha256:HEX} or {@code verity:sha256:HEX}. Empty lines say nothing.
   */
  public void sums(Path list) throws IOException, FormatException {
    String text = Inputs.read(list, MAX_LIST).utf8();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (!line.isEmpty()) {
        try {
          line(line);
        } catch (FormatException | IllegalArgumentException e) {
          String problem = e instanceof FormatException f ? f.problem() : e.getMessage();
          throw new FormatException(STRUCTURE, 0, "line %d: %s".formatted(number, problem))
              .in(list.toString());
        }
      }
    }
    requireAny(list);
  }

  private void line(String line) throws FormatException {
    int space = line.indexOf(' ');
    boolean named = space > 0 && space + 2 < line.length();
    if (!named || (line.charAt(space + 1) != ' ' && line.charAt(space + 1) != '*')) {
      throw new FormatException(STRUCTURE, 0, "expected a digest, two spaces and a name");
    }
    String digest = line.substring(0, space);
    String name = line.substring(space + 2);
    add(
        name.startsWith("./") ? name.substring(2) : name,
        ShippedDigest.parse(digest.contains(":") ? digest : hash.label() + ":" + digest));
  }
}
