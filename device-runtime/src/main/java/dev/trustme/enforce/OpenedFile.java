// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file opened once: what is verified through it and what is mounted through it are the same file,
 * whatever happens to the path. It does not stop a writer of that very file.
 */
public final class OpenedFile implements AutoCloseable {
  /** O_RDONLY, O_CLOEXEC and O_NONBLOCK, which have these values on x86-64 and AArch64. */
  private static final int FLAGS = 0x80000 | 0x800;

  private static final int ENOENT = 2;

  private final int descriptor;
  private final FileChannel channel;

  private OpenedFile(int descriptor, FileChannel channel) {
    this.descriptor = descriptor;
    this.channel = channel;
  }

  /** libc, as the JDK does not tell the number of a descriptor. */
  private interface C extends Library {
    int open(String path, int flags) throws LastErrorException;

    int close(int descriptor) throws LastErrorException;
  }

  private static final class Loaded {
    static final C LIBC = Native.load("c", C.class);
  }

  static OpenedFile open(Path file) throws IOException {
    int descriptor;
    try {
      descriptor = Loaded.LIBC.open(file.toString(), FLAGS);
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENOENT) {
        throw new NoSuchFileException(file.toString());
      }
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    try {
      Path opened = Path.of("/proc/self/fd/" + descriptor);
      if (!Files.isRegularFile(opened)) {
        throw new IOException(file + ": is no regular file");
      }
      return new OpenedFile(descriptor, FileChannel.open(opened, StandardOpenOption.READ));
    } catch (IOException e) {
      close(descriptor);
      throw e;
    }
  }

  FileChannel channel() {
    return channel;
  }

  /** A path by which other processes of this machine reach the opened file. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
  }

  private static void close(int descriptor) {
    int unused = Loaded.LIBC.close(descriptor);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      close(descriptor);
    }
  }
}
