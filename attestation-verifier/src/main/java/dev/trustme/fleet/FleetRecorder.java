// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Puts results on record, in one thread: as many at once as have come, so that a disk that is slow
 * to sync is asked less often. Only then does the verifier remember what it accepted, and only then
 * is anybody told.
 */
final class FleetRecorder {
  private static final int MAX_AT_ONCE = 256;

  private final FleetMemory memory;
  private final Optional<FleetJournal> journal;
  private final Consumer<FleetResult> told;
  private final LinkedBlockingQueue<Optional<FleetResult>> results = new LinkedBlockingQueue<>();

  FleetRecorder(FleetMemory memory, Optional<FleetJournal> journal, Consumer<FleetResult> told) {
    this.memory = memory;
    this.journal = journal;
    this.told = told;
  }

  void add(FleetResult result) {
    results.add(Optional.of(result));
  }

  /** No result will come any more. */
  void end() {
    results.add(Optional.empty());
  }

  /** Records until {@link #end}. */
  void run() throws IOException, InterruptedException {
    boolean open = true;
    while (open) {
      List<Optional<FleetResult>> taken = new ArrayList<>();
      taken.add(results.take());
      results.drainTo(taken, MAX_AT_ONCE - 1);
      open = taken.stream().allMatch(Optional::isPresent);
      record(taken.stream().flatMap(Optional::stream).toList());
    }
  }

  private void record(List<FleetResult> batch) throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    memory.prepare();
    if (journal.isPresent()) {
      journal.get().append(batch);
    }
    memory.settle(batch);
    batch.forEach(told);
  }
}
