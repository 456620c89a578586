// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.attest.DeviceState;
import dev.trustme.attest.DeviceStates;
import dev.trustme.attest.KnownDevice;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.NonceRun;
import dev.trustme.attest.NonceStore;
import dev.trustme.attest.SeenLists;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What a run knows of devices, and what it keeps of those that it accepts. */
public sealed interface FleetMemory {
  /** What is known of the device at the one moment that its evidence is judged. */
  KnownDevice recall(Evidence evidence, Instant at) throws IOException, FormatException;

  /** The device was accepted; its result is on record later. */
  void accepted(DeviceState state);

  /** The evidence was judged, whatever came of it. */
  void judged(Evidence evidence, Instant at) throws FormatException;

  /** Whether challenges and states are kept at all. */
  boolean keeps();

  /** The nonce that was used up by that, if any was. */
  default Optional<Nonce> usedUp(KnownDevice known) {
    return keeps() && known.nonce() instanceof NonceAnswer.Consumed consumed
        ? Optional.of(consumed.challenge().nonce())
        : Optional.empty();
  }

  /** Before results are put on record. */
  void prepare() throws IOException;

  /** These results are on record. */
  void settle(List<FleetResult> results) throws IOException;

  /** Every result is on record. */
  void end() throws IOException;

  /** Recorded evidence: no challenge was ever given out here, and nothing is kept. */
  record None() implements FleetMemory {
    @Override
    public KnownDevice recall(Evidence evidence, Instant at) {
      return KnownDevice.recorded(evidence, at);
    }

    @Override
    public void accepted(DeviceState state) {
      // Nothing is kept.
    }

    @Override
    public void judged(Evidence evidence, Instant at) {
      // Nothing is kept.
    }

    @Override
    public boolean keeps() {
      return false;
    }

    @Override
    public void prepare() {
      // Nothing is kept.
    }

    @Override
    public void settle(List<FleetResult> results) {
      // Nothing is kept.
    }

    @Override
    public void end() {
      // Nothing is kept.
    }
  }

  /** The verifier's folder, as of 'verify challenge' and 'verify evidence'. */
  final class Folder implements FleetMemory {
    private final NonceRun nonces;
    private final DeviceStates states;
    private final SeenLists lists;
    private final Set<Nonce> unsettled;
    private final Map<DeviceId, DeviceState> unwritten = new ConcurrentHashMap<>();

    private Folder(NonceRun nonces, DeviceStates states, SeenLists lists) throws IOException {
      this.nonces = nonces;
      this.states = states;
      this.lists = lists;
      this.unsettled = nonces.unsettled();
    }

    /**
     * The folder, for a run of this id; one that was killed has nonces that are not settled.
     *
     * @param lists the revocation lists that the run judges by
     */
    public static Folder open(Path state, UUID run, SeenLists lists) throws IOException {
      return new Folder(NonceStore.open(state).run(run), DeviceStates.in(state), lists);
    }

    @Override
    public KnownDevice recall(Evidence evidence, Instant at) throws IOException, FormatException {
      var unwrittenState = Optional.ofNullable(unwritten.get(evidence.device()));
      var last = unwrittenState.isPresent() ? unwrittenState : states.last(evidence.device());
      return new KnownDevice(nonces.consume(evidence.nonce()), last, Optional.empty());
    }

    @Override
    public void accepted(DeviceState state) {
      unwritten.put(state.device(), state);
    }

    @Override
    public void judged(Evidence evidence, Instant at) throws FormatException {
      lists.judged(evidence, at);
    }

    @Override
    public boolean keeps() {
      return true;
    }

    /** Floors first: a result that is on record is not judged again, and shows nothing any more. */
    @Override
    public void prepare() throws IOException {
      nonces.sync();
      try {
        lists.keep();
      } catch (FormatException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    /** States first: while a nonce is not settled, a resumed run does this again. */
    @Override
    public void settle(List<FleetResult> results) throws IOException {
      Map<DeviceId, DeviceState> newest = new LinkedHashMap<>();
      results.forEach(r -> r.state().ifPresent(s -> newest.put(s.device(), s)));
      states.acceptAll(newest.values());
      newest.forEach(unwritten::remove);
      for (FleetResult result : results) {
        if (result.nonce().isPresent()) {
          nonces.settle(result.nonce().get());
        }
      }
    }

    /** A result that an earlier attempt put on record: what it did not settle is settled now. */
    void resume(FleetResult result) throws IOException {
      if (result.nonce().filter(unsettled::remove).isPresent()) {
        settle(new ArrayList<>(List.of(result)));
      }
    }

    @Override
    public void end() throws IOException {
      nonces.end();
    }
  }
}
