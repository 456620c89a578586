// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.fleet;

import dev.trustme.evidence.DeviceId;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Counts results as they come; keeps a few bytes of each device, and no more of the rest. */
final class FleetCount {
  private static final byte ACCEPTED = 1;
  private static final byte OTHER = 2;
  private static final byte SEVERAL = 4;

  private final Map<FleetVerdict, Long> verdicts = new EnumMap<>(FleetVerdict.class);
  private final Map<String, Long> releases = new TreeMap<>();
  private final Map<String, Long> causes = new TreeMap<>();
  private final Map<UUID, Byte> devices = new HashMap<>();
  private final TreeSet<FleetResult> notAccepted =
      new TreeSet<>(Comparator.comparingLong(FleetResult::number));
  private long warned;
  private Optional<FleetSummary.Period> judged = Optional.empty();

  void add(FleetResult result) {
    verdicts.merge(result.verdict(), 1L, Long::sum);
    result.device().ifPresent(device -> device(device, result.accepted()));
    judged = Optional.of(period(result.at()));
    if (result.accepted()) {
      warned += result.warnings().isEmpty() ? 0 : 1;
      result.release().ifPresent(r -> releases.merge(r.name() + " " + r.sequence(), 1L, Long::sum));
      return;
    }
    if (result.verdict() == FleetVerdict.REJECTED) {
      causes.merge(
          result.failures().isEmpty() ? "none" : result.failures().getFirst().id(), 1L, Long::sum);
    }
    notAccepted.add(result);
    if (notAccepted.size() > FleetSummary.MAX_NAMED) {
      notAccepted.pollLast();
    }
  }

  private FleetSummary.Period period(Instant at) {
    if (judged.isEmpty()) {
      return new FleetSummary.Period(at, at);
    }
    var before = judged.get();
    return new FleetSummary.Period(
        at.isBefore(before.from()) ? at : before.from(),
        at.isAfter(before.until()) ? at : before.until());
  }

  private void device(DeviceId device, boolean accepted) {
    byte mark = accepted ? ACCEPTED : OTHER;
    devices.merge(UUID.fromString(device.uuid()), mark, (a, b) -> (byte) (a | b | SEVERAL));
  }

  private long devices(int marks) {
    return devices.values().stream().filter(m -> (m & marks) == marks).count();
  }

  private long of(FleetVerdict verdict) {
    return verdicts.getOrDefault(verdict, 0L);
  }

  FleetSummary summary(long repeated) {
    return new FleetSummary(
        FleetSummary.SCHEMA,
        judged,
        new FleetSummary.Counts(
            verdicts.values().stream().mapToLong(Long::longValue).sum(),
            of(FleetVerdict.ACCEPTED),
            of(FleetVerdict.REJECTED),
            of(FleetVerdict.MALFORMED),
            of(FleetVerdict.UNREADABLE),
            of(FleetVerdict.FAILED),
            warned,
            repeated),
        new FleetSummary.Devices(
            devices.size(), devices(ACCEPTED), devices(SEVERAL), devices(ACCEPTED | OTHER)),
        FleetSummary.Share.of(releases),
        FleetSummary.Share.of(causes),
        notAccepted.stream().map(FleetSummary.NotAccepted::of).toList());
  }
}
