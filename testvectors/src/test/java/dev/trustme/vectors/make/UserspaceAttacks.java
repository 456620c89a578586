// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A device whose running system measured: boot phases, its command line, what machine it is. */
final class UserspaceAttacks {
  private static final String BOOT = "6f1f3a52e0b14c5f9d4c2a7b8e913d60";
  private static final List<Integer> QUOTED =
      IntStream.rangeClosed(0, 15).filter(pcr -> pcr != 10).boxed().toList();

  /** What systemd logs of one measurement. */
  private record Phase(int pcr, String type, String text, String measured, String boot) {
    static Phase of(int pcr, String type, String text) {
      return new Phase(pcr, type, text, text, BOOT);
    }

    Phase showing(String other) {
      return new Phase(pcr, type, other, measured, boot);
    }

    Phase inBoot(String other) {
      return new Phase(pcr, type, text, measured, other);
    }

    Digest digest() {
      return SoftEvidence.BANK.digest(Bytes.utf8(measured));
    }

    String record() {
      return ("\u001e{\"pcr\":%d,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"%s\"}],"
              + "\"content_type\":\"systemd\",\"content\":{\"string\":\"%s\",\"bootId\":\"%s\","
              + "\"timestamp\":1200000,\"eventType\":\"%s\"}}\n")
          .formatted(pcr, digest().value().hex(), text, boot, type);
    }
  }

  private static final List<Phase> MEASURED =
      List.of(
          Phase.of(11, "phase", "enter-initrd"),
          Phase.of(11, "phase", "leave-initrd"),
          Phase.of(15, "machine-id", "machine-id:3f9c0d5a7be14c0f8a2b6d1e9f405c77"),
          Phase.of(15, "volume-key", "cryptsetup:data:00000000-0000-0000-0000-000000000000"),
          Phase.of(11, "phase", "sysinit"),
          Phase.of(11, "phase", "ready"));

  private final AttackVectors all;
  private final SoftEvidence device;

  UserspaceAttacks(AttackVectors all) {
    this.all = all;
    this.device =
        all.device.with(e -> e.selection = List.of(TpmsPcrSelection.of(SoftEvidence.BANK, QUOTED)));
  }

  private static String policy(String pcrs) {
    return AttackVectors.POLICY
        .replace("12, 13, 14]", "12, 13, 14, 15]")
        .replace("phase: kernel", "phase: ready")
        .replace(
            "  option-roms: none\n",
            "  option-roms: none\n  userspace: {pcrs: %s}\n".formatted(pcrs));
  }

  void make() throws IOException, FormatException {
    var good =
        all.maker.acceptFiles(
            all.good,
            "good-userspace",
            "a device that measured its phases until it was ready, and what machine it is",
            Map.of(
                "policy",
                Bytes.utf8(policy("[11, 15]")),
                "release",
                release(),
                "evidence",
                evidence(MEASURED, MEASURED)));
    logs(good);
    records(good);
    all.maker.reject(
        good,
        "l30m-userspace-pcr-not-allowed",
        "the policy lets the running system measure into PCR 11 alone",
        "policy",
        Bytes.utf8(policy("[11]")),
        "userspace-records");
    measured(
        good,
        "l30n-userspace-more-phases",
        "a phase was measured that the release does not predict",
        m -> m.add(Phase.of(11, "phase", "shutdown")),
        "pcr-11 at userspace log, record 6");
    measured(
        good,
        "l30o-userspace-fewer-phases",
        "the device is not ready yet",
        m -> m.remove(5),
        "pcr-11 at PCR 11");
    measured(
        good,
        "l30p-userspace-command-line",
        "the running system measured a command line into a PCR that the policy does not name",
        m -> m.add(Phase.of(12, "phase", "init=/bin/sh")),
        "userspace-records");
  }

  private void logs(Vector good) throws IOException, FormatException {
    all.maker.reject(
        good,
        "l30a-no-userspace-log",
        "the device does not show the log",
        "evidence",
        device.with(e -> e.measuredLater = extending(MEASURED)).evidence(),
        "userspace-log");
    shown(
        good,
        "l30b-userspace-record-missing",
        "a phase is left out",
        m -> m.remove(1),
        "userspace-log");
    shown(
        good,
        "l30c-userspace-record-added",
        "a phase is shown that was not measured",
        m -> m.add(Phase.of(11, "phase", "shutdown")),
        "userspace-log");
    shown(
        good,
        "l30d-userspace-reordered",
        "two phases are swapped",
        m -> Collections.swap(m, 0, 1),
        "userspace-log");
    shown(
        good,
        "l30e-userspace-record-twice",
        "a phase is shown twice",
        m -> m.add(m.get(5)),
        "userspace-log");
    malformed(
        good,
        "l30f-userspace-unfinished",
        "the log's last line is not finished",
        log -> log.slice(0, log.size() - 1),
        "record 5: is unfinished");
    malformed(
        good,
        "l30g-userspace-of-containers",
        "a log of another form",
        log -> Bytes.utf8("[]"),
        "userspace log: expected systemd's form");
  }

  private void records(Vector good) throws IOException, FormatException {
    shown(
        good,
        "l30h-userspace-edited",
        "a record's words are not those that were measured",
        m -> m.set(0, m.get(0).showing("leave-initrd")),
        "userspace-records");
    shown(
        good,
        "l30i-userspace-of-two-boots",
        "a record of another boot",
        m -> m.set(4, m.get(4).inBoot("00000000000000000000000000000000")),
        "userspace-records");
    foreign(
        good,
        "l30j-userspace-foreign",
        "a record of another program's",
        "\"content_type\":\"systemd\"",
        "\"content_type\":\"other\"");
    foreign(
        good,
        "l30k-userspace-without-words",
        "a record that does not say what was measured",
        "\"string\":\"sysinit\",",
        "");
    all.maker.reject(
        good,
        "l30l-userspace-other-bank",
        "a record has no digest of the quoted bank",
        "evidence",
        with(
            MEASURED,
            Bytes.utf8(
                text(MEASURED)
                    .replaceFirst("sha256\",\"digest\":\"[0-9a-f]{24}", "sha1\",\"digest\":\""))),
        "userspace-log");
  }

  private static UnaryOperator<java.util.SortedMap<Integer, Digest>> extending(List<Phase> phases) {
    return values -> {
      phases.forEach(p -> values.computeIfPresent(p.pcr(), (pcr, v) -> v.extend(p.digest())));
      return values;
    };
  }

  private static String text(List<Phase> phases) {
    var text = new StringBuilder();
    phases.forEach(p -> text.append(p.record()));
    return text.toString();
  }

  private Bytes evidence(List<Phase> measured, List<Phase> shown) throws FormatException {
    return with(measured, Bytes.utf8(text(shown)));
  }

  private Bytes with(List<Phase> measured, Bytes shown) throws FormatException {
    return device
        .with(e -> {
          e.measuredLater = extending(measured);
          e.userspace = Optional.of(shown);
        })
        .evidence();
  }

  private interface Change {
    void in(List<Phase> phases);
  }

  private static List<Phase> changed(Change change) {
    List<Phase> phases = new ArrayList<>(MEASURED);
    change.in(phases);
    return phases;
  }

  private void shown(Vector good, String id, String comment, Change change, String check)
      throws IOException, FormatException {
    all.maker.reject(good, id, comment, "evidence", evidence(MEASURED, changed(change)), check);
  }

  /** Measured and shown as it is. */
  private void measured(Vector good, String id, String comment, Change change, String check)
      throws IOException, FormatException {
    var phases = changed(change);
    all.maker.reject(good, id, comment, "evidence", evidence(phases, phases), check);
  }

  private void malformed(
      Vector good, String id, String comment, UnaryOperator<Bytes> edit, String reason)
      throws IOException, FormatException {
    Bytes log = edit.apply(Bytes.utf8(text(MEASURED)));
    all.maker.reject(good, id, comment, "evidence", with(MEASURED, log), reason);
  }

  private void foreign(Vector good, String id, String comment, String from, String to)
      throws IOException, FormatException {
    String log = text(MEASURED);
    int at = log.lastIndexOf(from);
    Bytes edited = Bytes.utf8(log.substring(0, at) + to + log.substring(at + from.length()));
    all.maker.reject(good, id, comment, "evidence", with(MEASURED, edited), "userspace-records");
  }

  /** The release predicts the phases as well. */
  private Bytes release() throws FormatException {
    List<Measurement.Event> phases =
        MEASURED.stream()
            .filter(p -> p.pcr() == 11)
            .map(p -> new Measurement.Event("systemd-phase", p.text(), p.digest()))
            .toList();
    return all.device.release("direct-uki", "ready", Map.of(11, phases), 4, 7, 9, 11, 12);
  }
}
