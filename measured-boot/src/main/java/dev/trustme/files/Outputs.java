// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Files and folders that appear whole or not at all: written beside their place under a temporary
 * name, synced, renamed. What is unfinished when the process ends (also by Ctrl-C) is removed.
 */
public final class Outputs {
  public static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");
  public static final Set<PosixFilePermission> SHARED =
      PosixFilePermissions.fromString("rw-r--r--");

  /** The JVM copies what it writes from the heap: so much at once. */
  private static final int WRITE = 1 << 20;

  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> UNFINISHED.forEach(Outputs::removeQuietly)));
  }

  private Outputs() {}

  /** An output in the making: it appears by {@code commit} alone. */
  public sealed interface Pending extends AutoCloseable
      permits Staged, StagedFolder, ExtendedAttributes.Pending {
    void commit() throws IOException;

    /** Where it will appear. */
    Path target();

    @Override
    void close() throws IOException;
  }

  /** Refuses an output that exists, unless it may be replaced. Call before the work is done. */
  public static void requireAbsent(Path output, boolean force) throws IOException {
    if (!force && Files.exists(output, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          output.toString(), null, "exists already; --force replaces it");
    }
  }

  public static void write(Path file, Bytes content, boolean force) throws IOException {
    write(file, content, SHARED, force);
  }

  /** Writes the file with these permissions; without {@code force} an existing one stays. */
  public static void write(
      Path file, Bytes content, Set<PosixFilePermission> permissions, boolean force)
      throws IOException {
    try (Staged staged = stage(file, permissions, force)) {
      staged.write(content.buffer());
      staged.commit();
    }
  }

  public static Staged stage(Path file, Set<PosixFilePermission> permissions, boolean force)
      throws IOException {
    requireAbsent(file, force);
    Path absolute = file.toAbsolutePath();
    Path temporary = temporaryBeside(absolute);
    UNFINISHED.add(temporary);
    try {
      var channel =
          FileChannel.open(
              temporary,
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(permissions));
      Files.setPosixFilePermissions(temporary, permissions);
      return new Staged(absolute, temporary, channel, force);
    } catch (IOException e) {
      removeQuietly(temporary);
      UNFINISHED.remove(temporary);
      throw e;
    }
  }

  /**
   * A new content for a regular file that exists: it keeps the file's permissions, owner and group,
   * and takes its place at once. A link is followed, so that it goes on pointing at the file.
   */
  public static Staged stageReplacement(Path file) throws IOException {
    Path real = file.toRealPath();
    var old = Files.readAttributes(real, PosixFileAttributes.class);
    if (!old.isRegularFile()) {
      throw new IOException(file + ": is no regular file, and cannot be signed in place");
    }
    var staged = stage(real, PRIVATE, true);
    try {
      var view = Files.getFileAttributeView(staged.path(), PosixFileAttributeView.class);
      if (!view.readAttributes().owner().equals(old.owner())) {
        view.setOwner(old.owner());
      }
      if (!view.readAttributes().group().equals(old.group())) {
        view.setGroup(old.group());
      }
      view.setPermissions(old.permissions());
      return staged;
    } catch (IOException e) {
      staged.close();
      throw e;
    }
  }

  /** A folder that is filled under a temporary name and then appears whole. */
  public static StagedFolder stageFolder(Path folder, boolean force) throws IOException {
    requireAbsent(folder, force);
    Path absolute = folder.toAbsolutePath();
    Path temporary = temporaryBeside(absolute);
    UNFINISHED.add(temporary);
    Files.createDirectory(temporary);
    return new StagedFolder(absolute, temporary, force);
  }

  private static Path temporaryBeside(Path absolute) throws IOException {
    Path parent = parentOf(absolute);
    if (!Files.isDirectory(parent)) {
      throw new IOException(absolute + ": the folder " + parent + " does not exist");
    }
    return parent.resolve(
        ".%s.%d-%x.tmp"
            .formatted(absolute.getFileName(), ProcessHandle.current().pid(), System.nanoTime()));
  }

  private static Path parentOf(Path absolute) throws IOException {
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new IOException(absolute + ": is no name for an output");
    }
    return parent;
  }

  /** One output file in the making. */
  public static final class Staged implements Pending {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final boolean force;
    private boolean committed;

    private Staged(Path target, Path temporary, FileChannel channel, boolean force) {
      this.target = target;
      this.temporary = temporary;
      this.channel = channel;
      this.force = force;
    }

    /** Where the content lies until {@link #commit}: for tools that need a path. */
    public Path path() {
      return temporary;
    }

    @Override
    public Path target() {
      return target;
    }

    public FileChannel channel() {
      return channel;
    }

    public void write(ByteBuffer content) throws IOException {
      ByteBuffer rest = content.duplicate();
      while (rest.hasRemaining()) {
        rest.limit(Math.min(content.limit(), rest.position() + WRITE));
        if (channel.write(rest) < 0) {
          throw new IOException(target + ": cannot be written");
        }
        rest.limit(content.limit());
      }
    }

    /**
     * Ends the writing: the content is safe on disk and its descriptor free, for commands that
     * stage thousands of files. Only {@link #commit} and {@link #close} may follow.
     */
    public void sync() throws IOException {
      if (channel.isOpen()) {
        channel.force(true);
        channel.close();
      }
    }

    @Override
    public void commit() throws IOException {
      sync();
      if (force) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        // A hard link fails where the name exists: nothing is overwritten, not even in a race.
        Files.createLink(target, temporary);
        Files.delete(temporary);
      }
      syncFolder(parentOf(target));
      committed = true;
      UNFINISHED.remove(temporary);
    }

    @Override
    public void close() throws IOException {
      channel.close();
      if (!committed) {
        removeQuietly(temporary);
        UNFINISHED.remove(temporary);
      }
    }
  }

  /** One output folder in the making. */
  public static final class StagedFolder implements Pending {
    private final Path target;
    private final Path temporary;
    private final boolean force;
    private boolean committed;

    private StagedFolder(Path target, Path temporary, boolean force) {
      this.target = target;
      this.temporary = temporary;
      this.force = force;
    }

    public Path path() {
      return temporary;
    }

    @Override
    public Path target() {
      return target;
    }

    @Override
    public void commit() throws IOException {
      TreeSync.sync(temporary);
      if (force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        Path old = temporaryBeside(target);
        UNFINISHED.add(old);
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        removeTree(old);
        UNFINISHED.remove(old);
      } else {
        requireAbsent(target, false);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      }
      syncFolder(parentOf(target));
      committed = true;
      UNFINISHED.remove(temporary);
    }

    @Override
    public void close() {
      if (!committed) {
        removeQuietly(temporary);
        UNFINISHED.remove(temporary);
      }
    }
  }

  /** fsync of a file or folder that is opened for reading only. */
  public static void syncFolder(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a file or a whole folder, without following links. */
  public static void removeTree(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void removeQuietly(Path path) {
    try {
      removeTree(path);
    } catch (IOException e) {
      // The process is ending or another error is on its way; a temporary name stays behind.
      return;
    }
  }
}
