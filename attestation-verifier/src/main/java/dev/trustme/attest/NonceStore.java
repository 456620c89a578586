// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Nonce;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Nonces that were given out, one file each. Using one up is a rename from {@code open} to {@code
 * used}: it succeeds once, whatever else runs, and a crash leaves the nonce either open or used.
 */
public final class NonceStore {
  private static final int NONCE_BYTES = 32;
  private static final long MAX_FILE = 4096;

  private final Path open;
  private final Path used;
  private final Path claimed;

  private NonceStore(Path folder) {
    this.open = folder.resolve("open");
    this.used = folder.resolve("used");
    this.claimed = folder.resolve("claimed");
  }

  /** The store in this state folder, made for the owner only if it is not there. */
  public static NonceStore create(Path state) throws IOException {
    var store = new NonceStore(state.resolve("nonces"));
    for (Path folder : List.of(state, state.resolve("nonces"), store.open, store.used)) {
      StateFolders.create(folder);
    }
    return store;
  }

  /** The store that must be there: where there is none, no nonce was given out. */
  public static NonceStore open(Path state) throws IOException {
    var store = new NonceStore(state.resolve("nonces"));
    if (!Files.isDirectory(store.open) || !Files.isDirectory(store.used)) {
      throw new IOException(
          state + ": is no folder of challenges; 'trustme verify challenge' makes it");
    }
    return store;
  }

  /** A new nonce of 32 random bytes for the device. */
  public Challenge issue(DeviceId device, MaxAge maxAge, Instant at, SecureRandom random)
      throws IOException {
    var bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    var challenge = Challenge.of(device, new Nonce(Bytes.copyOf(bytes)), at, maxAge);
    Outputs.write(
        file(open, challenge.nonce()), Json.writePretty(challenge), Outputs.PRIVATE, false);
    return challenge;
  }

  /** Uses the nonce up, whatever comes of the evidence. */
  public NonceAnswer consume(Nonce nonce) throws IOException, FormatException {
    Path target = file(used, nonce);
    if (Files.exists(target)) {
      return new NonceAnswer.AlreadyUsed(read(target));
    }
    try {
      Files.move(file(open, nonce), target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return notOpen(nonce);
    }
    Outputs.syncFolder(used);
    Outputs.syncFolder(open);
    return new NonceAnswer.Consumed(read(target));
  }

  /** The nonces that one run over many devices uses up; a run that is resumed has the same id. */
  public NonceRun run(UUID id) throws IOException {
    StateFolders.create(claimed);
    Path folder = claimed.resolve(id.toString());
    StateFolders.create(folder);
    return new NonceRun(this, folder);
  }

  /** What is known of a nonce that is not open, or not any more. */
  NonceAnswer notOpen(Nonce nonce) throws IOException, FormatException {
    Optional<Challenge> known = readIfThere(file(used, nonce));
    if (known.isEmpty()) {
      known = inRuns(nonce);
    }
    if (known.isEmpty()) {
      // A run may have moved it in between.
      known = readIfThere(file(used, nonce));
    }
    return known.<NonceAnswer>map(NonceAnswer.AlreadyUsed::new).orElseGet(NonceAnswer.Unknown::new);
  }

  private Optional<Challenge> inRuns(Nonce nonce) throws IOException, FormatException {
    if (!Files.isDirectory(claimed)) {
      return Optional.empty();
    }
    try (var runs = Files.newDirectoryStream(claimed)) {
      for (Path run : runs) {
        var found = readIfThere(file(run, nonce));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Challenge> readIfThere(Path file) throws IOException, FormatException {
    try {
      return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  Path open() {
    return open;
  }

  Path used() {
    return used;
  }

  static Challenge read(Path file) throws IOException, FormatException {
    return Inputs.parse(file, MAX_FILE, Challenge::parse);
  }

  static Path file(Path folder, Nonce nonce) {
    return folder.resolve(nonce.hex() + ".json");
  }
}
