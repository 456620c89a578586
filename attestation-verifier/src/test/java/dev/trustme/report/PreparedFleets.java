// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.report;

import dev.trustme.evidence.DeviceId;
import dev.trustme.fleet.FleetSummary;
import dev.trustme.fleet.FleetSummary.Counts;
import dev.trustme.fleet.FleetSummary.NotAccepted;
import dev.trustme.fleet.FleetSummary.Share;
import dev.trustme.fleet.FleetVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Fleets in which everything goes well, or much goes wrong, for their page to tell. */
public final class PreparedFleets {
  private static final Instant FROM = Instant.parse("2026-11-22T12:00:00Z");

  private PreparedFleets() {}

  public static Map<String, FleetSummary> all() {
    Map<String, FleetSummary> all = new TreeMap<>();
    all.put("fleet", mixed());
    all.put("fleet-accepted", accepted());
    all.put("fleet-empty", empty());
    return all;
  }

  /** One in ten is not accepted, for every kind of reason. */
  static FleetSummary mixed() {
    List<NotAccepted> named = new ArrayList<>();
    reject(named, 5, "pcr-11");
    reject(named, 3, "pcr-7", "dbx-floor");
    reject(named, 2, "nonce-unused", "nonce-fresh", "quote-nonce", "quote-clock");
    reject(named, 1, "ima-signature");
    reject(named, 1, "container-floor");
    named.add(problem(FleetVerdict.MALFORMED, "evidence at offset 812 (0x32c): line 3, column 9"));
    named.add(problem(FleetVerdict.UNREADABLE, "evidence/site 7/4711.json: permission denied"));
    return summary(
        new Counts(140, 126, 12, 1, 1, 0, 4, 3),
        new FleetSummary.Devices(137, 126, 3, 1),
        List.of(new Share("acme-gateway 42", 101), new Share("acme-gateway 41", 25)),
        List.of(
            new Share("pcr-11", 5),
            new Share("pcr-7", 3),
            new Share("nonce-unused", 2),
            new Share("ima-signature", 1),
            new Share("container-floor", 1)),
        named);
  }

  static FleetSummary accepted() {
    return summary(
        new Counts(2500, 2500, 0, 0, 0, 0, 0, 0),
        new FleetSummary.Devices(2500, 2500, 0, 0),
        List.of(new Share("acme-gateway 42", 2500)),
        List.of(),
        List.of());
  }

  static FleetSummary empty() {
    return new FleetSummary(
        FleetSummary.SCHEMA,
        Optional.empty(),
        new Counts(0, 0, 0, 0, 0, 0, 0, 0),
        new FleetSummary.Devices(0, 0, 0, 0),
        List.of(),
        List.of(),
        List.of());
  }

  private static FleetSummary summary(
      Counts counts,
      FleetSummary.Devices devices,
      List<Share> releases,
      List<Share> causes,
      List<NotAccepted> named) {
    return new FleetSummary(
        FleetSummary.SCHEMA,
        Optional.of(new FleetSummary.Period(FROM, FROM.plusSeconds(4))),
        counts,
        devices,
        releases,
        causes,
        named);
  }

  private static void reject(List<NotAccepted> named, int count, String... failures) {
    for (int i = 0; i < count; i++) {
      long number = 3 + 7L * named.size();
      named.add(
          new NotAccepted(
              number,
              "evidence/2026-11-22.ndjson, line " + number,
              Optional.of(new DeviceId("6e37c0b0-4dd3-4b7f-8f7e-%012x".formatted(number))),
              FleetVerdict.REJECTED,
              List.of(failures),
              Optional.empty()));
    }
  }

  private static NotAccepted problem(FleetVerdict verdict, String words) {
    return new NotAccepted(
        120, "evidence/site 7/4711.json", Optional.empty(), verdict, List.of(), Optional.of(words));
  }
}
