// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.attest.Judge;
import dev.trustme.attest.Judgement;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.fleet.FleetItem.Content;
import dev.trustme.trust.Acceleration;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A whole fleet, judged on all cores. Evidence is read in the order of the input and no further
 * ahead than memory allows; results come in the order in which they are done, each with its place
 * in the input. One device's evidence, whatever it is, never stops the others: only an environment
 * that fails (a full disk, a state that cannot be written) ends the run.
 */
public final class FleetRun {
  private static final int AHEAD = 64;
  private static final int ENOUGH_TO_ACCELERATE = 64;
  private static final long MAX_BYTES_AHEAD = 128L << 20;

  /**
   * What a fleet is judged by.
   *
   * @param records enrolment records beside those of the evidence
   * @param clock the moment of each judgement
   * @param threads how many judge at once
   */
  public record Bench(
      Judge judge,
      FleetMemory memory,
      EnrolmentRecords records,
      Optional<FleetJournal> journal,
      Supplier<Instant> clock,
      int threads) {}

  private final Bench bench;
  private final FleetRecorder recorder;
  private final FleetCount count = new FleetCount();
  private final SeenEvidence seen = new SeenEvidence();
  private final DeviceTurns turns = new DeviceTurns();
  private final Semaphore places;
  private final int kibibytes;
  private final Semaphore room;
  private final AtomicReference<Optional<Throwable>> broken =
      new AtomicReference<>(Optional.empty());
  private long found;

  /** {@code told}: every new result, when it is on record; by one thread at a time. */
  public FleetRun(Bench bench, Consumer<FleetResult> told) {
    this.bench = bench;
    this.places = new Semaphore(AHEAD * bench.threads());
    this.kibibytes =
        Math.toIntExact(Math.min(MAX_BYTES_AHEAD, Runtime.getRuntime().maxMemory() / 8) >> 10);
    this.room = new Semaphore(kibibytes);
    this.recorder =
        new FleetRecorder(
            bench.memory(),
            bench.journal(),
            result -> {
              count.add(result);
              told.accept(result);
              places.release();
            });
  }

  /**
   * Results of an earlier attempt at this run: they count, and their evidence is not judged again.
   * What could not be read then is tried again.
   */
  public void resume(Consumer<FleetResult> told) throws IOException, FormatException {
    if (bench.journal().isPresent()) {
      bench
          .journal()
          .get()
          .readEarlier(result -> {
            if (result.verdict() != FleetVerdict.UNREADABLE) {
              result.digest().ifPresent(seen::judgedEarlier);
              count.add(result);
              told.accept(result);
            }
            if (bench.memory() instanceof FleetMemory.Folder folder) {
              folder.resume(result);
            }
          });
    }
  }

  /** Judges all of the input that was not judged before. */
  public FleetSummary judge(FleetInputs inputs) throws IOException, InterruptedException {
    try (ExecutorService judges = Executors.newFixedThreadPool(bench.threads(), this::judging);
        ExecutorService recording = Executors.newSingleThreadExecutor()) {
      Future<?> recorded =
          recording.submit(() -> {
            recorder.run();
            return true;
          });
      try {
        inputs.read((name, content) -> submit(judges, recorded, name, content));
        judges.shutdown();
        while (!judges.awaitTermination(1, TimeUnit.SECONDS)) {
          requireNoFailure(recorded);
        }
      } finally {
        judges.shutdownNow();
        recorder.end();
      }
      require(recorded);
      requireWhole();
    }
    bench.memory().end();
    return count.summary(seen.repeated());
  }

  /** What ends one of these threads, ends the run: others may wait for it. */
  private Thread judging(Runnable work) {
    return Thread.ofPlatform()
        .name("judge")
        .uncaughtExceptionHandler((thread, problem) -> broken.set(Optional.of(problem)))
        .unstarted(work);
  }

  private void submit(ExecutorService judges, Future<?> recorded, String name, Content content)
      throws IOException, InterruptedException {
    int size = content instanceof Content.Found f ? 1 + (f.evidence().size() >> 10) : 1;
    int needed = Math.min(kibibytes, size);
    while (!places.tryAcquire(1, TimeUnit.SECONDS)) {
      requireNoFailure(recorded);
    }
    while (!room.tryAcquire(needed, 1, TimeUnit.SECONDS)) {
      requireNoFailure(recorded);
    }
    requireNoFailure(recorded);
    if (++found == ENOUGH_TO_ACCELERATE) {
      Acceleration.expect(ENOUGH_TO_ACCELERATE, 0);
    }
    var item = new FleetItem(found, name, content);
    judges.execute(() -> {
      try {
        judge(item);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        room.release(needed);
      }
    });
  }

  private void requireNoFailure(Future<?> recorded) throws IOException, InterruptedException {
    requireWhole();
    if (recorded.isDone()) {
      require(recorded);
    }
  }

  private void requireWhole() {
    var problem = broken.get();
    if (problem.isPresent()) {
      if (problem.get() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(problem.get());
    }
  }

  private static void require(Future<?> recorded) throws IOException, InterruptedException {
    try {
      recorded.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException bug) {
        throw bug;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void judge(FleetItem item) throws InterruptedException {
    var at = bench.clock().get();
    switch (item.content()) {
      case Content.Unreadable(String problem) -> {
        turns.enter(item.number(), Optional.empty(), () -> true);
        recorder.add(
            FleetResult.none(place(item, Optional.empty(), at), FleetVerdict.UNREADABLE, problem));
      }
      case Content.TooLarge(var digest) ->
          malformed(
              new FleetResult.Place(item.number(), item.name(), Optional.of(digest), at),
              "evidence of more than %d bytes".formatted(Evidence.MAX_BYTES));
      case Content.Found(Bytes evidence) -> judge(item, evidence, at);
    }
  }

  private static FleetResult.Place place(FleetItem item, Optional<Bytes> evidence, Instant at) {
    return new FleetResult.Place(
        item.number(), item.name(), evidence.map(HashAlgorithm.SHA256::digest), at);
  }

  private void malformed(FleetResult.Place place, String problem) throws InterruptedException {
    if (turns.enter(place.number(), Optional.empty(), () -> isNew(place))) {
      recorder.add(FleetResult.none(place, FleetVerdict.MALFORMED, problem));
    } else {
      places.release();
    }
  }

  private boolean isNew(FleetResult.Place place) {
    return seen.isNew(place.digest().orElseThrow());
  }

  private void judge(FleetItem item, Bytes content, Instant at) throws InterruptedException {
    var place = place(item, Optional.of(content), at);
    Evidence evidence;
    try {
      evidence = Evidence.parse(content);
    } catch (FormatException e) {
      malformed(place, String.valueOf(e.getMessage()));
      return;
    }
    Optional<DeviceId> device = Optional.of(evidence.device());
    if (!turns.enter(item.number(), device, () -> isNew(place))) {
      places.release();
      return;
    }
    try {
      recorder.add(judged(place, evidence));
    } finally {
      turns.leave(device);
    }
  }

  private FleetResult judged(FleetResult.Place place, Evidence evidence) {
    var memory = bench.memory();
    try {
      var record = bench.records().of(evidence.device());
      var known = memory.recall(evidence, place.at()).with(record);
      var judgement = bench.judge().judge(evidence, known, place.at());
      if (judgement instanceof Judgement.Judged) {
        memory.judged(evidence, place.at());
      }
      var result = FleetResult.of(place, evidence, judgement, memory.usedUp(known), memory.keeps());
      result.state().ifPresent(memory::accepted);
      return result;
    } catch (IOException | FormatException e) {
      return FleetResult.none(place, FleetVerdict.UNREADABLE, String.valueOf(e.getMessage()))
          .of(evidence.device(), Optional.empty());
    } catch (RuntimeException e) {
      // No device's evidence may keep the others from being judged; it is a mistake of ours.
      return FleetResult.none(place, FleetVerdict.FAILED, e.toString())
          .of(evidence.device(), Optional.empty());
    }
  }
}
