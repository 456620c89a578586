// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one writer of a folder, among threads and processes. Who gets the lock finds the folder
 * whole: a transaction that was interrupted behind its commit point is completed first.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = ".lock";

  /** A process may lock a file once only. */
  private static final ReentrantLock ONE_THREAD = new ReentrantLock();

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits until every other writer has finished. */
  static FolderLock acquire(Path folder) throws IOException, FormatException {
    ONE_THREAD.lock();
    try {
      var channel =
          FileChannel.open(
              folder.resolve(FILE),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(Outputs.PRIVATE));
      try {
        channel.lock();
        Journal.recover(folder);
        return new FolderLock(channel);
      } catch (IOException | FormatException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | FormatException | RuntimeException e) {
      ONE_THREAD.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      ONE_THREAD.unlock();
    }
  }
}
