// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ceremony.Transcript.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All files below a ceremony's folder by their names, with size and digest. */
final class FolderFiles {
  /** The transcript itself, whole and while it grows, and the lock of a PKI folder. */
  static final String TRANSCRIPT = "transcript.json";

  static final String UNFINISHED = "transcript.unfinished.json";
  private static final Set<String> NOT_OURS = Set.of(TRANSCRIPT, UNFINISHED);
  private static final String LOCK = ".lock";

  private FolderFiles() {}

  static NavigableMap<String, FileDigest> of(Path folder) throws IOException {
    NavigableMap<String, FileDigest> files = new TreeMap<>();
    List<Path> found;
    try (var walk = Files.walk(folder)) {
      found = walk.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    for (Path file : found) {
      String name = folder.relativize(file).toString();
      if (!NOT_OURS.contains(name) && !file.endsWith(LOCK)) {
        files.put(name, digest(name, file, Long.MAX_VALUE));
      }
    }
    return files;
  }

  /** Size and digest of the file's first {@code limit} bytes; a link is no file. */
  static FileDigest digest(String name, Path file, long limit) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(file + ": is a link; a ceremony's folder holds files only");
    }
    var digest = sha256();
    long size = 0;
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[64 * 1024];
      int wanted = (int) Math.min(buffer.length, limit);
      for (int read = in.read(buffer, 0, wanted); read > 0; read = in.read(buffer, 0, wanted)) {
        digest.update(buffer, 0, read);
        size += read;
        wanted = (int) Math.min(buffer.length, limit - size);
      }
    }
    return new FileDigest(
        name, size, new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest())));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What is in {@code after} and was not, or was otherwise, in {@code before}. */
  static List<FileDigest> written(
      NavigableMap<String, FileDigest> before, NavigableMap<String, FileDigest> after) {
    return after.values().stream().filter(f -> !f.equals(before.get(f.file()))).toList();
  }

  static List<String> removed(
      NavigableMap<String, FileDigest> before, NavigableMap<String, FileDigest> after) {
    return before.keySet().stream()
        .filter(name -> !after.containsKey(name))
        .collect(Collectors.toList());
  }
}
