// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.ContainerLog;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.trust.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * The container log: it leads to the quoted PCR, every start is the next one, and each names a
 * container that may run, new enough and kept as it was signed.
 */
final class ContainerAppraisal {
  private final ContainerRule rule;
  private final TpmsPcrSelection selection;
  private final Optional<ContainerLog> log;
  private final List<ContainerEvent> events = new ArrayList<>();

  private ContainerAppraisal(
      ContainerRule rule, TpmsPcrSelection selection, Optional<ContainerLog> log)
      throws FormatException {
    this.rule = rule;
    this.selection = selection;
    this.log = log;
    for (CelRecord each : log.map(ContainerLog::records).orElse(List.of())) {
      events.add(each.event());
    }
  }

  /** The checks, against the claimed values; {@code known} are the containers that may run. */
  static List<Check> checks(
      Policy.Require require,
      Optional<Bytes> log,
      SortedMap<Integer, Digest> claimed,
      KnownContainers known)
      throws FormatException {
    if (require.containers().isEmpty()) {
      return Stream.of(
              EvidenceCheck.CONTAINER_LOG,
              EvidenceCheck.CONTAINER_SEQUENCE,
              EvidenceCheck.CONTAINER_KNOWN,
              EvidenceCheck.CONTAINER_FLOOR,
              EvidenceCheck.CONTAINER_CONTENT)
          .map(c -> Check.notApplicable(c.id(), "the policy asks for no containers"))
          .toList();
    }
    Optional<ContainerLog> parsed =
        log.isEmpty() ? Optional.empty() : Optional.of(ContainerLog.parse(log.get()));
    var appraisal =
        new ContainerAppraisal(require.containers().get(), require.pcrs().selection(), parsed);
    return List.of(
        appraisal.replay(Optional.ofNullable(claimed.get(appraisal.rule.pcr()))),
        appraisal.sequence(),
        appraisal.known(known),
        appraisal.floors(known),
        appraisal.content());
  }

  private Check replay(Optional<Digest> value) {
    var check = EvidenceCheck.CONTAINER_LOG;
    String place = "PCR " + rule.pcr();
    if (log.isEmpty()) {
      return check.fail("a container log", "none");
    }
    var records = log.get().records();
    boolean whole =
        records.stream()
            .allMatch(r -> r.pcr() == rule.pcr() && r.digest(selection.hash()).isPresent());
    if (!whole) {
      return check
          .fail("records of " + place + " with " + selection.hash().label(), "others")
          .at(place);
    }
    var replayed = log.get().replay(selection.hash());
    return check
        .of(
            value.equals(Optional.of(replayed)),
            value.map(Digest::toString).orElse("a quoted value"),
            replayed.toString())
        .at(place);
  }

  private Check sequence() {
    var check = EvidenceCheck.CONTAINER_SEQUENCE;
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).sequence() != i) {
        return check
            .fail("start " + i, "start " + events.get(i).sequence())
            .at("container log, record " + i);
      }
    }
    return check.pass(events.size() + " starts");
  }

  private Check known(KnownContainers known) {
    var check = EvidenceCheck.CONTAINER_KNOWN;
    for (int i = 0; i < events.size(); i++) {
      var event = events.get(i);
      if (known.all().stream().noneMatch(k -> k.is(event))) {
        return check
            .fail(
                "a container of the release, or of a trusted customer",
                "manifest %s, image %s, launch %s%s"
                    .formatted(
                        event.manifest(),
                        event.rootHash(),
                        event.launch(),
                        known.refusal(event.manifest())))
            .at("container log, record " + i);
      }
    }
    return check.pass(events.size() + " starts");
  }

  private Check floors(KnownContainers known) {
    var check = EvidenceCheck.CONTAINER_FLOOR;
    for (int i = 0; i < events.size(); i++) {
      var event = events.get(i);
      var old =
          known.all().stream()
              .filter(k -> k.is(event) && k.version() < rule.floor(k.name()))
              .findFirst();
      if (old.isPresent()) {
        return check
            .fail(
                "%s %d or more".formatted(old.get().name(), rule.floor(old.get().name())),
                "%s %d".formatted(old.get().name(), old.get().version()))
            .at("container log, record " + i);
      }
    }
    return check.pass(events.size() + " starts");
  }

  private Check content() {
    var check = EvidenceCheck.CONTAINER_CONTENT;
    for (int i = 0; i < events.size(); i++) {
      if (!rule.content().takes(events.get(i).content())) {
        return check
            .fail(rule.content().label(), events.get(i).content())
            .at("container log, record " + i);
      }
    }
    return check.pass(events.size() + " starts");
  }
}
