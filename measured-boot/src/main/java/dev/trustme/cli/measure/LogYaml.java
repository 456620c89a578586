// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.measure.Yaml.Node;
import dev.trustme.cli.measure.Yaml.Plain;
import dev.trustme.eventlog.EventData.SpecIdEvent;
import dev.trustme.eventlog.EventDigest;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.ArrayList;
import java.util.List;

/**
 * A log with the keys and values of {@code tpm2_eventlog --eventlog-version=2}, for programs that
 * read those. The PCRs are those of our replay: its start values follow the startup locality.
 */
final class LogYaml {
  private static final String VENDOR_INFO_BEYOND_EVENT = "spec-id-vendor-info-beyond-event";
  private static final int SM3_256 = 0x0012;

  private LogYaml() {}

  static String of(EventLog log) throws FormatException {
    List<Node> events = new ArrayList<>();
    for (TcgPcrEvent2 event : log.events()) {
      boolean head = events.isEmpty() && log.specId().isPresent();
      events.add(head ? head(event, log) : event(event));
    }
    return Yaml.write(
        new Node()
            .with("version", Yaml.number(2))
            .with("events", events)
            .with("pcrs", pcrs(Replay.replay(log))));
  }

  private static Node head(TcgPcrEvent2 event, EventLog log) {
    var spec = log.specId().orElseThrow();
    boolean beyond = log.quirks().contains(VENDOR_INFO_BEYOND_EVENT);
    return begin(event)
        .with("Digest", event.digests().getFirst().value().hex())
        .with(
            "EventSize",
            Yaml.number(event.event().size() - (beyond ? spec.vendorInfo().size() : 0)))
        .with("SpecID", List.of(specId(spec)));
  }

  private static Node specId(SpecIdEvent spec) {
    List<Node> algorithms = new ArrayList<>();
    for (var size : spec.digestSizes()) {
      algorithms.add(
          new Node()
              .with("Algorithm[%d]".formatted(algorithms.size()), new Plain("null"))
              .with("algorithmId", algorithm(size.algorithmId()))
              .with("digestSize", Yaml.number(size.digestSize())));
    }
    var node =
        new Node()
            .with("Signature", "Spec ID Event03")
            .with("platformClass", Yaml.number(spec.platformClass()))
            .with("specVersionMinor", Yaml.number(spec.specVersionMinor()))
            .with("specVersionMajor", Yaml.number(spec.specVersionMajor()))
            .with("specErrata", Yaml.number(spec.specErrata()))
            .with("uintnSize", Yaml.number(spec.uintnSize()))
            .with("numberOfAlgorithms", Yaml.number(algorithms.size()))
            .with("Algorithms", algorithms)
            .with("vendorInfoSize", Yaml.number(spec.vendorInfo().size()));
    return spec.vendorInfo().isEmpty() ? node : node.with("vendorInfo", spec.vendorInfo().hex());
  }

  private static Node begin(TcgPcrEvent2 event) {
    return new Node()
        .with("EventNum", Yaml.number(event.number()))
        .with("PCRIndex", Yaml.number(event.pcrIndex()))
        .with("EventType", event.untrustedType().name());
  }

  private static Node event(TcgPcrEvent2 event) {
    List<Node> digests = new ArrayList<>();
    for (EventDigest digest : event.digests()) {
      digests.add(
          new Node()
              .with("AlgorithmId", algorithm(digest.algorithmId()))
              .with("Digest", digest.value().hex()));
    }
    Bytes data = event.event();
    var node =
        begin(event)
            .with("DigestCount", Yaml.number(digests.size()))
            .with("Digests", digests)
            .with("EventSize", Yaml.number(data.size()));
    return data.isEmpty() ? node : node.with("Event", EventYaml.of(event));
  }

  private static String algorithm(int id) {
    if (id == SM3_256) {
      return "sm3_256";
    }
    return HashAlgorithm.byTpmAlgId(id)
        .map(algorithm -> algorithm.label().replace('-', '_'))
        .orElseGet(() -> "0x%04x".formatted(id));
  }

  private static Node pcrs(ReplayedLog log) {
    var pcrs = new Node();
    for (HashAlgorithm bank : log.banks()) {
      var values = new Node();
      for (int pcr : log.measuredPcrs()) {
        Digest value = log.pcr(bank, pcr);
        values.with(Integer.toString(pcr), new Plain("0x" + value.hex()));
      }
      if (!values.isEmpty()) {
        pcrs.with(algorithm(bank.tpmAlgId()), values);
      }
    }
    return pcrs;
  }
}
