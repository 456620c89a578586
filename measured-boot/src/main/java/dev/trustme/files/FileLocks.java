// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Locks of files that end with the process that holds them, however it ends. */
public final class FileLocks {
  private FileLocks() {}

  /**
   * Opens the file, or makes it, for one holder at a time: until the channel is closed.
   *
   * @param taken what to say if another process or thread holds it
   */
  public static FileChannel take(Path file, String taken) throws IOException {
    var channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(Outputs.PRIVATE));
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Said below: another thread of this process has it.
    }
    channel.close();
    throw new IOException(taken);
  }
}
