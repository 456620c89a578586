// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Quotes leave nothing behind in native memory: the resident size does not grow with their number.
 * The property {@code trustme.quotes} says how many make a round (500), and prints the figures.
 */
class FlatMemoryTest {
  private static final int QUOTES = Integer.getInteger("trustme.quotes", 500);
  private static final int WARM_UP_ROUNDS = 2;
  private static final int ROUNDS = 4;
  private static final int PAGE = 4096;

  /** A leak of the two outputs of one quote, TPM2B_ATTEST and TPMT_SIGNATURE: 2824 bytes. */
  private static final long LEAK = 2824;

  @Test
  void residentSizeIsFlat(@TempDir Path folder) throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      try (var tss = LiveTpm.open(tpm);
          var ak = LiveTpm.attestationKey(tss)) {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
          quotes(tss, ak, QUOTES);
        }
        var sizes = new long[ROUNDS + 1];
        sizes[0] = resident();
        long nanos = 0;
        for (int round = 1; round <= ROUNDS; round++) {
          long started = System.nanoTime();
          quotes(tss, ak, QUOTES);
          nanos += System.nanoTime() - started;
          sizes[round] = resident();
        }
        String figures =
            "resident bytes after each %d quotes: %s; %.0f quotes/s"
                .formatted(QUOTES, Arrays.toString(sizes), ROUNDS * QUOTES / (nanos / 1e9));
        if (Integer.getInteger("trustme.quotes") != null) {
          System.out.println(figures);
        }
        // The JVM's own steps come in some rounds; a leak grows by its size in every round.
        assertTrue(smallestGrowth(sizes) < QUOTES * LEAK / 2, figures);
      }
      LiveTpm.assertNothingLeft(tpm);
    }
  }

  private static long smallestGrowth(long[] sizes) {
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < sizes.length; i++) {
      smallest = Math.min(smallest, sizes[i] - sizes[i - 1]);
    }
    return smallest;
  }

  private static void quotes(TssContext tss, TpmObject ak, int count) throws Exception {
    var pcrs =
        new TpmlPcrSelection(
            List.of(TpmsPcrSelection.of(HashAlgorithm.SHA256, List.of(0, 4, 7, 11))));
    for (int i = 0; i < count; i++) {
      tss.attestation().quote(ak, Bytes.fromHex("%08x".formatted(i)), TpmtScheme.NULL, pcrs);
    }
  }

  /** What the JVM's heap holds is given back first: the rest is native memory. */
  private static long resident() throws Exception {
    for (int i = 0; i < 2; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]) * PAGE;
  }
}
