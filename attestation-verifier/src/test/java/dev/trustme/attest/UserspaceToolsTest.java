// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.measure.MeasureMain;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.Evidence;
import dev.trustme.json.Json;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A software TPM that was extended with a real boot's events and then, by tpm2_pcrextend, with the
 * phases of the running system; judged from what {@code measure quote} gathers.
 */
class UserspaceToolsTest {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  private static final String NONCE = "00112233445566778899aabbccddeeff";
  private static final List<String> PHASES =
      List.of("enter-initrd", "leave-initrd", "sysinit", "ready");

  @TempDir private Path folder;

  @Test
  void deviceThatIsReadyIsJudgedByItsPhases() throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      var scenario = new Scenario();
      scenario.policy =
          Policy.parse(
              Bytes.utf8(
                  Scenario.POLICY
                          .replace("phase: kernel", "phase: ready")
                          .replace("clock: safe}", "clock: any, logs: same-boot}")
                      + "  userspace: {pcrs: [11]}\n"));
      scenario.predictions = scenario.predictions.stream().map(UserspaceToolsTest::ready).toList();
      boot(tpm, scenario.log);
      certify(tpm, scenario);
      for (String word : PHASES) {
        tpm.run("tpm2_pcrextend", "11:sha256=" + BANK.digest(Bytes.utf8(word)).hex());
      }
      assertEquals(List.of(), failures(scenario, evidence(tpm, PHASES)));
      assertEquals(
          List.of("userspace-log", "pcr-11"),
          failures(scenario, evidence(tpm, List.of("enter-initrd", "leave-initrd", "sysinit"))));
      assertEquals(
          List.of("userspace-log", "pcr-11"),
          failures(
              scenario,
              evidence(tpm, List.of("leave-initrd", "enter-initrd", "sysinit", "ready"))));
      var before = evidence(tpm, PHASES);
      tpm.restart();
      boot(tpm, scenario.log);
      for (String word : PHASES) {
        tpm.run("tpm2_pcrextend", "11:sha256=" + BANK.digest(Bytes.utf8(word)).hex());
      }
      var after = evidence(tpm, PHASES);
      assertEquals(List.of(), failures(scenario, after));
      assertEquals(List.of("log-boot"), failures(scenario, withClock(after, before.clock())));
    }
  }

  /** The prediction for a device that is ready. */
  private static Measurement ready(Measurement kernel) {
    List<Measurement.Event> events = new ArrayList<>(kernel.events());
    if (kernel.pcr() == 11) {
      for (String word : PHASES) {
        events.add(new Measurement.Event("systemd-phase", word, BANK.digest(Bytes.utf8(word))));
      }
    }
    return Measurement.of(kernel.path(), "ready", kernel.pcr(), kernel.bank(), events);
  }

  private static void boot(SoftwareTpm tpm, Bytes log) throws Exception {
    var replayed = Replay.replay(EventLog.parse(log));
    for (int pcr : replayed.measuredPcrs()) {
      for (var event : replayed.measuredEvents(pcr)) {
        tpm.run(
            "tpm2_pcrextend", pcr + ":sha256=" + event.digest(BANK).map(Digest::hex).orElseThrow());
      }
    }
  }

  private static void certify(SoftwareTpm tpm, Scenario scenario) throws Exception {
    tpm.run("tpm2_createek", "-c", "0x81010001", "-G", "ecc", "-u", "ek.pub");
    tpm.flush();
    var create = List.of("tpm2_createak", "-C", "0x81010001", "-c", "ak.ctx", "-G", "ecc");
    List<String> words = new ArrayList<>(create);
    words.addAll(List.of("-g", "sha256", "-s", "ecdsa", "-u", "ak.pub"));
    tpm.run(words.toArray(String[]::new));
    tpm.flush();
    tpm.run("tpm2_evictcontrol", "-c", "ak.ctx", "0x81010002");
    var key = TpmKeys.subjectPublicKeyInfo(TpmtPublic.parseTpm2b(tpm.read("ak.pub")));
    var leaf = scenario.devices.leaf(key, Role.ATTESTATION_KEY, Optional.of(Scenario.DEVICE.urn()));
    Files.writeString(tpm.file("ak.pem"), Certificates.pem(List.of(leaf)));
    Files.write(tpm.file("tcg.bin"), scenario.log.toArray());
  }

  private static Evidence evidence(SoftwareTpm tpm, List<String> shown) throws Exception {
    var log = new StringBuilder();
    for (String word : shown) {
      log.append('\u001e')
          .append("{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"")
          .append(BANK.digest(Bytes.utf8(word)).hex())
          .append("\"}],\"content_type\":\"systemd\",\"content\":{\"string\":\"")
          .append(word)
          .append("\",\"bootId\":\"6f1f3a52e0b14c5f9d4c2a7b8e913d60\",\"eventType\":\"phase\"}}\n");
    }
    Files.writeString(tpm.file("userspace.log"), log);
    tpm.flush();
    List<String> words = new ArrayList<>();
    words.addAll(List.of("quote", "--ak", "0x81010002", "--nonce", NONCE, "--force", "--quiet"));
    words.addAll(List.of("--pcrs", "sha256:0,1,2,3,4,5,6,7,8,9,11,12,13,14"));
    words.addAll(List.of("--evidence", tpm.file("evidence.json").toString()));
    words.addAll(List.of("--device", Scenario.DEVICE.uuid()));
    words.addAll(List.of("--certificate", tpm.file("ak.pem").toString()));
    words.addAll(List.of("--tcg-log", tpm.file("tcg.bin").toString()));
    words.addAll(List.of("--userspace-log", tpm.file("userspace.log").toString()));
    words.addAll(List.of("--tcti", tpm.tcti()));
    assertEquals(0, Launcher.run(new MeasureMain(), words.toArray(String[]::new)));
    tpm.flush();
    return Evidence.parse(tpm.read("evidence.json"));
  }

  private static Evidence withClock(Evidence evidence, Optional<Evidence.Clock> clock)
      throws FormatException {
    String now = Json.write(evidence.clock().orElseThrow()).utf8();
    String other = Json.write(clock.orElseThrow()).utf8();
    return Evidence.parse(Bytes.utf8(evidence.encode().utf8().replace(now, other)));
  }

  private static List<String> failures(Scenario scenario, Evidence evidence) throws Exception {
    var challenge =
        Challenge.of(
            Scenario.DEVICE, evidence.nonce(), Scenario.NOW.minusSeconds(30), MaxAge.parse("5m"));
    var given =
        new EvidenceCase(
            evidence,
            scenario.release(),
            Optional.empty(),
            List.of(),
            new NonceAnswer.Consumed(challenge),
            Optional.empty(),
            Scenario.NOW);
    return new EvidenceVerifier(scenario.policy, scenario.anchors())
        .verify(given).failures().stream().map(Check::id).toList();
  }
}
