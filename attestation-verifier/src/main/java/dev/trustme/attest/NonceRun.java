// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The nonces that one run over many devices uses up. Each is renamed twice: to a folder of the run
 * before its evidence is judged, and to those that are used once the result is on record. A run
 * that was killed in between and goes on finds it in its folder, and so knows that it was itself
 * that used the nonce up; for everybody else it is used from the first moment.
 */
public final class NonceRun {
  private static final String SUFFIX = ".json";

  private final NonceStore store;
  private final Path folder;
  private final Set<Nonce> answered = ConcurrentHashMap.newKeySet();

  NonceRun(NonceStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  /** The nonces that an earlier attempt at this run used up and did not settle. */
  public Set<Nonce> unsettled() throws IOException {
    Set<Nonce> nonces = new HashSet<>();
    try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        nonces.add(Nonce.fromHex(name.substring(0, name.length() - SUFFIX.length())));
      }
    }
    return nonces;
  }

  /** Uses the nonce up, for the first evidence that names it in this process. */
  public NonceAnswer consume(Nonce nonce) throws IOException, FormatException {
    Path mine = NonceStore.file(folder, nonce);
    if (!answered.add(nonce)) {
      return store.notOpen(nonce);
    }
    try {
      Files.move(NonceStore.file(store.open(), nonce), mine, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      if (!Files.exists(mine)) {
        answered.remove(nonce);
        return store.notOpen(nonce);
      }
    }
    return new NonceAnswer.Consumed(NonceStore.read(mine));
  }

  /** What was used up stays so, also after a loss of power. Before results are put on record. */
  public void sync() throws IOException {
    Outputs.syncFolder(folder);
    Outputs.syncFolder(store.open());
  }

  /** The result is on record: the nonce is used for this run as well. */
  public void settle(Nonce nonce) throws IOException {
    try {
      Files.move(
          NonceStore.file(folder, nonce),
          NonceStore.file(store.used(), nonce),
          StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // It was never ours: unknown, or used before.
      return;
    } finally {
      answered.remove(nonce);
    }
  }

  /** The run is over. */
  public void end() throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // Evidence of this run was not found again; its nonces stay used up where they are.
      return;
    }
  }
}
