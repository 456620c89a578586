// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.json.Json;
import dev.trustme.trust.RevocationFloors;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Remembers the highest number of each issuer's revocation lists in the verifier's state folder.
 * The file is replaced whole, so a crash leaves the old or the new floors; a lock keeps two
 * processes or threads from forgetting what the other saw. Floors never sink.
 */
public final class ListFloorStore {
  private static final long MAX_FILE = 1L << 20;

  /** A file's lock is of the process, and a second thread that asks for it gets an error. */
  private static final ReentrantLock ONE_OF_THIS_PROCESS = new ReentrantLock();

  private final Path file;
  private final Path lock;

  private ListFloorStore(Path folder) {
    this.file = folder.resolve("revocation-floors.json");
    this.lock = folder.resolve("revocation-floors.lock");
  }

  /** The store in this state folder. */
  public static ListFloorStore in(Path state) {
    return new ListFloorStore(state);
  }

  public ListFloors floors() throws IOException, FormatException {
    return Files.exists(file) ? Inputs.parse(file, MAX_FILE, ListFloors::parse) : ListFloors.NONE;
  }

  /** Counts these lists as seen, by whichever of these certificates signed them. */
  public void saw(
      Collection<RevocationList> lists, Collection<X509CertificateHolder> issuers, Instant at)
      throws IOException, FormatException {
    if (lists.isEmpty()) {
      return;
    }
    ONE_OF_THIS_PROCESS.lock();
    try {
      raise(lists, issuers, at);
    } finally {
      ONE_OF_THIS_PROCESS.unlock();
    }
  }

  private void raise(
      Collection<RevocationList> lists, Collection<X509CertificateHolder> issuers, Instant at)
      throws IOException, FormatException {
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      Map<Digest, BigInteger> before = floors().numbers();
      var after = RevocationFloors.raised(before, lists, issuers, at);
      if (held.isValid() && !after.equals(before)) {
        Outputs.write(file, Json.writePretty(ListFloors.of(after)), Outputs.PRIVATE, true);
      }
    }
  }
}
