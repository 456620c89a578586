// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.files.Inputs;
import dev.trustme.fleet.FleetItem.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a fleet's evidence lies: files with one device's evidence, files with one in each line
 * ({@code .ndjson}, {@code .jsonl}), folders of both, and standard input, in lines. Folders are
 * gone through by name; other files in them are not evidence. What cannot be read is an item too,
 * so that it is told and the rest goes on.
 */
public final class FleetInputs {
  /** Standard input among the paths. */
  public static final Path STANDARD_INPUT = Path.of("-");

  /** Who takes the evidence. */
  interface Sink {
    void take(String name, Content content) throws IOException, InterruptedException;
  }

  private final List<Path> paths;
  private final InputStream standardInput;

  public FleetInputs(List<Path> paths, InputStream standardInput) {
    this.paths = List.copyOf(paths);
    this.standardInput = standardInput;
  }

  /** A path that was named has to be there; what is found below it may be broken. */
  public void require() throws IOException {
    for (Path path : paths) {
      if (!path.equals(STANDARD_INPUT) && !Files.isDirectory(path)) {
        Inputs.requireReadable(path);
      }
    }
  }

  void read(Sink sink) throws IOException, InterruptedException {
    for (Path path : paths) {
      if (path.equals(STANDARD_INPUT)) {
        lines("standard input", standardInput, sink);
      } else {
        read(path, sink);
      }
    }
  }

  private void read(Path path, Sink sink) throws IOException, InterruptedException {
    if (Files.isDirectory(path)) {
      folder(path, sink);
    } else if (isLines(path)) {
      lines(path, sink);
    } else {
      sink.take(path.toString(), file(path));
    }
  }

  private void folder(Path folder, Sink sink) throws IOException, InterruptedException {
    List<Path> inside;
    try (Stream<Path> files = Files.list(folder)) {
      inside = files.sorted().toList();
    } catch (IOException e) {
      sink.take(folder.toString(), new Content.Unreadable("the folder cannot be read"));
      return;
    }
    for (Path path : inside) {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || isEvidence(path)) {
        read(path, sink);
      }
    }
  }

  private static boolean isEvidence(Path path) {
    return !Files.isDirectory(path) && (isLines(path) || has(path, ".json"));
  }

  private static boolean isLines(Path path) {
    return has(path, ".ndjson") || has(path, ".jsonl");
  }

  private static boolean has(Path path, String suffix) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  private static void lines(Path file, Sink sink) throws IOException, InterruptedException {
    InputStream in;
    try {
      Inputs.requireReadable(file);
      in = Files.newInputStream(file);
    } catch (IOException e) {
      sink.take(file.toString(), unreadable(e));
      return;
    }
    try (in) {
      lines(file.toString(), in, sink);
    }
  }

  private static void lines(String name, InputStream in, Sink sink)
      throws IOException, InterruptedException {
    var lines = new EvidenceLines(in, Evidence.MAX_BYTES);
    for (Optional<Content> line = lines.next(); line.isPresent(); line = lines.next()) {
      sink.take("%s, line %d".formatted(name, lines.number()), line.get());
    }
  }

  private static Content file(Path file) {
    try {
      Inputs.requireReadable(file);
      if (Files.size(file) > Evidence.MAX_BYTES) {
        return new Content.TooLarge(digest(file));
      }
      return new Content.Found(Inputs.read(file, Evidence.MAX_BYTES));
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  private static Digest digest(Path file) throws IOException {
    var digest = HashAlgorithm.SHA256.newDigest();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] part = new byte[64 * 1024];
      for (int size = in.read(part); size > 0; size = in.read(part)) {
        digest.update(part, 0, size);
      }
    }
    return new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest()));
  }

  private static Content unreadable(IOException e) {
    return new Content.Unreadable(String.valueOf(e.getMessage()));
  }
}
