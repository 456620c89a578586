// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Logs of real machines, against PCR values that another implementation or the TPM gives. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class CorpusReplayTest {
  /** Index entries that are not what the TPM held; see {@link #corrected}. */
  private static final Set<String> NAMED_SM3_AS_SHA256 =
      Set.of("eventlogs/tpm2-tss/binary_measurements_hcrtm.bin");

  private static Path corpus() {
    return Path.of(System.getenv("TRUSTME_CORPUS"));
  }

  private static Bytes read(String file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(corpus().resolve(file)));
  }

  private static List<JsonNode> index() throws IOException, FormatException {
    List<JsonNode> logs = new ArrayList<>();
    Json.tree(read("eventlogs/index.json"), "index").get("logs").forEach(logs::add);
    assertFalse(logs.isEmpty());
    return logs;
  }

  @TestFactory
  Stream<DynamicTest> replaysToThePcrsOfTheIndex() throws IOException, FormatException {
    return index().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.get("file").textValue(), () -> replays(entry)));
  }

  private static void replays(JsonNode entry) throws IOException, FormatException {
    String file = entry.get("file").textValue();
    var bytes = read(file);
    var log = EventLog.parse(bytes);
    assertEquals(bytes, log.encode());
    var replayed = Replay.replay(log);
    Map<String, Map<Integer, String>> expected = new HashMap<>();
    for (Entry<String, JsonNode> bank : entry.get("pcrs").properties()) {
      Map<Integer, String> values = new HashMap<>();
      bank.getValue()
          .properties()
          .forEach(v -> values.put(Integer.valueOf(v.getKey()), v.getValue().textValue()));
      expected.put(bank.getKey(), values);
    }
    corrected(file, expected);
    expected.forEach((bank, values) -> {
      var algorithm = HashAlgorithm.byLabel(bank).orElseThrow();
      assertEquals(replayed.measuredPcrs(), values.keySet());
      values.forEach((pcr, value) ->
          assertEquals(value, replayed.pcr(algorithm, pcr).hex(), bank + ":" + pcr));
    });
  }

  /**
   * tpm2_eventlog 5.4 starts PCR 0 at zero and extends the Startup Locality event's zero digest;
   * the machine's TPM held the values put here (go-tpm-tools publishes them for this log). The same
   * for the H-CRTM log, whose start value is 4 by the Firmware Profile, and whose SM3 values the
   * index calls sha256: there tpm2_eventlog's own sha256 values of PCR 1 and 7 stand in.
   */
  private static void corrected(String file, Map<String, Map<Integer, String>> expected) {
    if (file.endsWith("glinux-alex.bin")) {
      put(expected, "sha1", 0, "29d236609a5f9cc6912af44ba5f57b13a17c8a84");
      put(
          expected,
          "sha256",
          0,
          "0e5ea849d7647a1ac1becc096fee4df98f00f8015f934afadaab0b8aa20b38a5");
    }
    if (NAMED_SM3_AS_SHA256.contains(file)) {
      put(expected, "sha1", 0, "15f4e6ca457d1af6bc49511a93ba3500ad69acc5");
      expected.remove("sha256");
    }
  }

  private static void put(
      Map<String, Map<Integer, String>> expected, String bank, int pcr, String value) {
    expected.computeIfPresent(
        bank,
        (name, values) -> {
          values.put(pcr, value);
          return values;
        });
  }

  @TestFactory
  Stream<DynamicTest> hcrtmLogsSha256BankIsWhatTpm2EventlogPrints() {
    Map<Integer, String> printed =
        Map.of(
            1, "086094b5f0b8152f785002434a6ef47f27064193dd6edf1138d5f20b8077b696",
            4, "c3a2d8fe1fa92944174c7bd1ffcb9b1f535f00a47c266b2d93e6ae1eace7c314",
            7, "f8fc7e18a97df515fbcf0f939c5f1e02698729a7d7d64335c937ef83875f33f1",
            9, "a98df108860931eb46bfea7606249338eef7dc7fcc73fdf05e2811aa9823149e");
    return NAMED_SM3_AS_SHA256.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file,
                () -> {
                  var replayed = Replay.replay(EventLog.parse(read(file)));
                  printed.forEach((pcr, value) ->
                      assertEquals(value, replayed.pcr(HashAlgorithm.SHA256, pcr).hex()));
                }));
  }

  @TestFactory
  Stream<DynamicTest> aFlippedByteInADigestChangesThatPcr() throws IOException, FormatException {
    return index().stream()
        .map(entry -> entry.get("file").textValue())
        .map(file -> DynamicTest.dynamicTest(file, () -> flips(file)));
  }

  private static void flips(String file) throws IOException, FormatException {
    var log = EventLog.parse(read(file));
    var honest = Replay.replay(log);
    for (TcgPcrEvent2 event : log.events()) {
      if (!event.extendsPcr()) {
        continue;
      }
      for (HashAlgorithm bank : honest.banks()) {
        int position = event.number() % bank.size();
        var forged = Replay.replay(withFlippedDigest(log, event, bank, position));
        assertNotEquals(honest.pcr(bank, event.pcrIndex()), forged.pcr(bank, event.pcrIndex()));
      }
    }
  }

  private static EventLog withFlippedDigest(
      EventLog log, TcgPcrEvent2 event, HashAlgorithm bank, int position) {
    List<EventDigest> digests = new ArrayList<>(event.digests());
    digests.replaceAll(d -> {
      if (d.algorithmId() != bank.tpmAlgId()) {
        return d;
      }
      var value = d.value().toArray();
      value[position] ^= 1;
      return EventDigest.of(new Digest(bank, Bytes.copyOf(value)));
    });
    List<TcgPcrEvent2> events = new ArrayList<>(log.events());
    events.set(
        event.number(),
        new TcgPcrEvent2(
            event.number(),
            event.offset(),
            event.pcrIndex(),
            event.untrustedType(),
            digests,
            event.event()));
    return new EventLog(log.specId(), events, log.padding(), log.quirks());
  }

  @TestFactory
  Stream<DynamicTest> emulatedBootsReplayToWhatTheirTpmHeld() {
    return Stream.of("crb", "shim")
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () -> {
                  var folder = "real-boot/" + name + "/";
                  var replayed =
                      Replay.replay(EventLog.parse(read(folder + "eventlog-at-quote.bin")));
                  int compared = 0;
                  for (String line : read(folder + "pcrs-at-quote.txt").utf8().lines().toList()) {
                    var fields = line.strip().split("\\s*:\\s*(0x)?", -1);
                    // PCR 10 is IMA's: another log.
                    if (fields.length == 2 && !fields[1].isEmpty() && !fields[0].equals("10")) {
                      int pcr = Integer.parseInt(fields[0]);
                      var replayedPcr = replayed.pcr(HashAlgorithm.SHA256, pcr).hex();
                      assertEquals(fields[1].toLowerCase(java.util.Locale.ROOT), replayedPcr, line);
                      compared++;
                    }
                  }
                  assertEquals(23, compared);
                }));
  }
}
