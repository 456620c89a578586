// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.evidence.DeviceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Evidence of one device is judged in the order of the input, one after the other, however many
 * threads there are: each judgement depends on the state that the one before left.
 */
final class DeviceTurns {
  private long next = 1;
  private final Map<DeviceId, Deque<Long>> waiting = new HashMap<>();

  /**
   * Waits until all evidence before this one has been looked at, and that of the same device
   * judged.
   *
   * @param turn 1, 2, 3 and so on, each of them once
   * @param wanted asked in the order of the turns; where it says no, nobody waits for this one
   * @return what {@code wanted} said; if yes, {@link #leave} has to follow
   */
  synchronized boolean enter(long turn, Optional<DeviceId> device, BooleanSupplier wanted)
      throws InterruptedException {
    while (next != turn) {
      wait();
    }
    next++;
    boolean goesOn = wanted.getAsBoolean();
    if (goesOn && device.isPresent()) {
      waiting.computeIfAbsent(device.get(), k -> new ArrayDeque<>()).add(turn);
    }
    notifyAll();
    while (goesOn && device.isPresent() && !isFirst(turn, device.get())) {
      wait();
    }
    return goesOn;
  }

  private boolean isFirst(long turn, DeviceId device) {
    var queue = waiting.get(device);
    return queue == null || queue.getFirst() == turn;
  }

  synchronized void leave(Optional<DeviceId> device) {
    if (device.isPresent()) {
      waiting.computeIfPresent(
          device.get(),
          (named, queue) -> {
            queue.removeFirst();
            return queue.isEmpty() ? null : queue;
          });
      notifyAll();
    }
  }
}
