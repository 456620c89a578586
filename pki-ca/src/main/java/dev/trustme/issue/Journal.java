// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Several changes of a folder as one: all new content lies synced in a folder of its own, whose
 * renaming to {@code .journal} is the moment at which the changes are made. From then on they are
 * carried out again until they are complete, by whoever takes the folder's lock next.
 */
final class Journal {
  private static final String NAME = ".journal";
  private static final String STAGED = ".staged";
  private static final String PLAN = "plan.json";
  private static final String SCHEMA = "trustme/journal/1";
  private static final int MAX_PLAN = 64 << 20;

  /** A file to put in place: {@code source} lies in the journal. */
  record Put(String name, String source) {}

  /** What stands behind the first {@code offset} bytes of the log. */
  record Log(String name, long offset, String source) {}

  /** What is to be done. Files in their order, so the index comes last. */
  record Plan(String schema, List<Put> files, List<String> removed, Log log) {
    Plan {
      if (!schema.equals(SCHEMA)) {
        throw new IllegalArgumentException("expected schema " + SCHEMA + ", found " + schema);
      }
      files.forEach(put -> requireInside(put.name()));
      removed.forEach(Journal::requireInside);
      requireInside(log.name());
    }
  }

  private final Path folder;
  private final Path staged;

  private Journal(Path folder) throws IOException {
    this.folder = folder;
    this.staged = Files.createDirectory(folder.resolve(STAGED));
  }

  /** An empty journal; the caller holds the folder's lock. */
  static Journal stage(Path folder) throws IOException {
    return new Journal(folder);
  }

  /** Whether a transaction waits to be completed. */
  static boolean exists(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  /** Completes what was committed, and drops what was not. */
  static void recover(Path folder) throws IOException, FormatException {
    Outputs.removeTree(folder.resolve(STAGED));
    Path journal = folder.resolve(NAME);
    if (Files.exists(journal.resolve(PLAN))) {
      apply(folder, journal);
    }
    Outputs.removeTree(journal);
  }

  /** Content under a name of the journal's own, synced. */
  void write(String source, Bytes content, Set<PosixFilePermission> permissions)
      throws IOException {
    Path file = staged.resolve(source);
    try (var channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(permissions))) {
      Files.setPosixFilePermissions(file, permissions);
      writeAll(channel, content);
      channel.force(true);
    }
  }

  /** The commit point, and then the changes themselves. */
  void commit(List<Put> files, List<String> removed, Log log) throws IOException, FormatException {
    write(PLAN, Json.write(new Plan(SCHEMA, files, removed, log)), Outputs.PRIVATE);
    Outputs.syncFolder(staged);
    Files.move(staged, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    Outputs.syncFolder(folder);
    recover(folder);
  }

  void abandon() throws IOException {
    Outputs.removeTree(staged);
  }

  private static void apply(Path folder, Path journal) throws IOException, FormatException {
    Plan plan = Json.read(Inputs.read(journal.resolve(PLAN), MAX_PLAN), Plan.class, "journal");
    Set<Path> changed = new LinkedHashSet<>();
    changed.add(folder);
    for (Put put : plan.files()) {
      Path target = folder.resolve(put.name());
      Files.createDirectories(requireNonNull(target.getParent()));
      for (Path at = target.getParent(); at != null && !at.equals(folder); at = at.getParent()) {
        changed.add(at);
      }
      Path source = journal.resolve(put.source());
      if (Files.exists(source)) { // Else it was moved before the interruption.
        Files.move(
            source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    for (String name : plan.removed()) {
      Files.deleteIfExists(folder.resolve(name));
    }
    append(
        folder.resolve(plan.log().name()),
        plan.log().offset(),
        journal.resolve(plan.log().source()));
    for (Path path : changed) {
      Outputs.syncFolder(path);
    }
    Files.delete(journal.resolve(PLAN));
    Outputs.syncFolder(journal);
  }

  private static void append(Path log, long offset, Path source) throws IOException {
    try (var channel =
        FileChannel.open(
            log,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
            PosixFilePermissions.asFileAttribute(Outputs.SHARED))) {
      channel.truncate(offset);
      channel.position(offset);
      writeAll(channel, Inputs.read(source));
      channel.force(true);
    }
  }

  private static void writeAll(FileChannel channel, Bytes content) throws IOException {
    ByteBuffer rest = content.buffer();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** Relative, without a step upwards, and no hidden name: the journal's own are. */
  static void requireInside(String name) {
    if (!name.matches("([A-Za-z0-9][A-Za-z0-9._-]*/){0,3}[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("is no name of a file in the folder: " + name);
    }
  }
}
