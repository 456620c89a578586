// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.measure.MeasureMain;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.Evidence;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaFormat;
import dev.trustme.ima.ImaReader;
import dev.trustme.ima.TestImaLog;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that evmctl signed, PCRs that tpm2-tools extended, quotes that a TPM made, real logs. */
class ImaToolsTest {
  private static final String CORPUS = "TRUSTME_CORPUS";
  private static final String NONCE = "00112233445566778899aabbccddeeff";

  @TempDir Path folder;

  /** A file that evmctl signed with a new key, and that key's certificate. */
  private record Signed(Bytes content, Bytes signature, Path certificate) {}

  private Signed signed(SoftwareTpm tpm, String... algorithm) throws Exception {
    var command = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-newkey"));
    command.addAll(List.of(algorithm));
    command.addAll(
        List.of("-keyout", "f.key", "-out", "f.pem", "-subj", "/CN=Tool", "-days", "3000"));
    tpm.run(command.toArray(String[]::new));
    Files.writeString(tpm.file("tool"), "#!/bin/sh\necho tool\n");
    tpm.run("evmctl", "ima_sign", "-a", "sha256", "-k", "f.key", "-v", "--sigfile", "tool");
    return new Signed(tpm.read("tool"), tpm.read("tool.sig"), tpm.file("f.pem"));
  }

  private static TestImaLog with(TestImaLog log, Bytes content, Bytes signature) {
    return log.entry(
        "ima-sig",
        digest("sha256:", HashAlgorithm.SHA256.digest(content).value()),
        name("/usr/bin/tool"),
        hex(signature));
  }

  /** Extends the firmware's events and the files' entries as tpm2_pcrextend does. */
  private static void measure(SoftwareTpm tpm, Bytes tcg, Bytes ima) throws Exception {
    var command = new ArrayList<>(List.of("tpm2_pcrextend"));
    var log = Replay.replay(EventLog.parse(tcg));
    for (var event : log.log().events()) {
      if (event.extendsPcr()) {
        String value = event.digest(Scenario.BANK).orElseThrow().hex();
        command.add("%d:sha256=%s".formatted(event.pcrIndex(), value));
      }
    }
    try (var reader = ImaReader.of(ima.stream(), ImaFormat.BINARY)) {
      while (reader.next()) {
        var data = HashAlgorithm.SHA256.newDigest();
        reader.updateWithTemplateData(data);
        command.add("10:sha256=" + HexFormat.of().formatHex(data.digest()));
      }
    }
    tpm.run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec"})
  void acceptsWhatEvmctlSignedAndSoftwareTpmQuoted(String key) throws Exception {
    try (var tpm = SoftwareTpm.start(folder)) {
      var signed =
          key.equals("ec")
              ? signed(tpm, "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
              : signed(tpm, key);
      var files = new FileScenario();
      var log = with(files.start(), signed.content(), signed.signature());
      var scenario = files.measuring(log);
      var certificate = Certificates.parse(tpm.read("f.pem")).getFirst();
      scenario.signers = Optional.of(new FileSigners(List.of(certificate), Optional.empty()));
      measure(tpm, scenario.log, log.binary());
      var ahead = with(log, signed.content(), signed.signature()).binary();
      assertEquals(List.of(), failures(scenario, evidence(tpm, scenario, ahead)));
      var edited = Bytes.utf8("#!/bin/sh\necho evil\n");
      var other = with(files.start(), edited, signed.signature());
      assertEquals(
          List.of("ima-log", "ima-ahead", "ima-signature"),
          failures(scenario, evidence(tpm, scenario, other.binary())));
    }
  }

  /** What {@code measure quote --evidence} writes on this TPM. */
  private Evidence evidence(SoftwareTpm tpm, Scenario scenario, Bytes ima) throws Exception {
    if (!Files.exists(tpm.file("ak.ctx"))) {
      tpm.attestationKey("ecc", "sha256", "ecdsa", "ak.pub");
    }
    var key = TpmKeys.subjectPublicKeyInfo(TpmtPublic.parseTpm2b(tpm.read("ak.pub")));
    var leaf = scenario.devices.leaf(key, Role.ATTESTATION_KEY, Optional.of(Scenario.DEVICE.urn()));
    Files.writeString(tpm.file("ak.pem"), Certificates.pem(List.of(leaf)));
    Files.write(tpm.file("tcg.bin"), scenario.log.toArray());
    Files.write(tpm.file("ima.bin"), ima.toArray());
    List<String> words = new ArrayList<>();
    words.addAll(List.of("quote", "--ak", tpm.file("ak.ctx").toString(), "--nonce", NONCE));
    words.addAll(List.of("--pcrs", "sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14", "--force"));
    words.addAll(List.of("--evidence", tpm.file("evidence.json").toString()));
    words.addAll(List.of("--device", Scenario.DEVICE.uuid()));
    words.addAll(List.of("--certificate", tpm.file("ak.pem").toString()));
    words.addAll(List.of("--tcg-log", tpm.file("tcg.bin").toString()));
    words.addAll(List.of("--ima-log", tpm.file("ima.bin").toString(), "--tcti", tpm.tcti()));
    words.add("--quiet");
    assertEquals(0, Launcher.run(new MeasureMain(), words.toArray(String[]::new)));
    tpm.flush();
    return Evidence.parse(tpm.read("evidence.json"));
  }

  private static List<String> failures(Scenario scenario, Evidence evidence) throws Exception {
    var challenge =
        Challenge.of(
            Scenario.DEVICE, evidence.nonce(), Scenario.NOW.minusSeconds(30), MaxAge.parse("5m"));
    return new EvidenceVerifier(scenario.policy, scenario.anchors())
            .verify(
                new EvidenceCase(
                    evidence,
                    scenario.release(),
                    Optional.empty(),
                    List.of(),
                    new NonceAnswer.Consumed(challenge),
                    Optional.empty(),
                    Scenario.NOW))
            .failures()
            .stream()
            .map(Check::id)
            .toList();
  }

  private static Map<Integer, Digest> pcrs(String boot) throws Exception {
    var values = new HashMap<Integer, Digest>();
    for (String line : Files.readAllLines(corpus(boot, "pcrs-at-quote.txt"))) {
      String[] parts = line.strip().split("\\s*:\\s*0x", -1);
      if (parts.length == 2) {
        var value = Bytes.fromHex(parts[1].toLowerCase(Locale.ROOT));
        values.put(Integer.valueOf(parts[0]), new Digest(Scenario.BANK, value));
      }
    }
    return values;
  }

  private static Path corpus(String boot, String file) {
    return Path.of(System.getenv(CORPUS), "real-boot", boot, file);
  }

  private static List<Check> judge(String boot, String rule, Optional<ShippedFiles> shipped)
      throws Exception {
    var claimed = pcrs(boot);
    var demand =
        new ImaDemand(
            FileScenario.policy(rule).require().ima().orElseThrow(),
            Optional.empty(),
            Revocation.OFF,
            shipped,
            BootAggregate.PCR_0_TO_9.of(Scenario.BANK, claimed),
            Scenario.NOW);
    var log = Bytes.copyOf(Files.readAllBytes(corpus(boot, "ima-at-quote.bin")));
    return ImaAppraisal.checks(
        Optional.of(demand), Optional.of(log), Scenario.BANK, claimed, new KnownEntries());
  }

  private static List<String> failed(List<Check> checks) {
    return checks.stream().filter(Check::failed).map(Check::id).toList();
  }

  /** Kernels in an emulator whose PCRs were read at their quote. */
  @ParameterizedTest
  @ValueSource(strings = {"crb", "shim"})
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void realLogsAreJudgedByWhatIsReleased(String boot) throws Exception {
    String rule = "{files: released, ahead: 0}";
    Map<String, List<ShippedDigest>> files = new TreeMap<>();
    var log = Bytes.copyOf(Files.readAllBytes(corpus(boot, "ima-at-quote.bin")));
    try (var reader = ImaReader.of(log.stream(), ImaFormat.BINARY)) {
      while (reader.next()) {
        var entry = reader.entry();
        if (!entry.isBootAggregate()) {
          files.put(
              entry.name().utf8(),
              List.of(ShippedDigest.of(entry.digest().flatMap(d -> d.digest()).orElseThrow())));
        }
      }
    }
    if (!files.isEmpty()) {
      assertEquals(List.of(), failed(judge(boot, rule, Optional.of(new ShippedFiles(files)))));
      assertEquals(List.of("ima-files"), failed(judge(boot, rule, Optional.empty())));
      String last = ((TreeMap<String, List<ShippedDigest>>) files).lastKey();
      files.put(last, List.of(ShippedDigest.of(FileScenario.hash("another"))));
      var edited = judge(boot, rule, Optional.of(new ShippedFiles(files)));
      assertEquals(List.of("ima-files"), failed(edited));
      assertTrue(edited.getLast().seen().startsWith(last + ": sha256:"), edited.getLast()::seen);
    } else {
      assertEquals(List.of(), failed(judge(boot, rule, Optional.empty())));
    }
  }

  /** Logs of others, cut or of unknown machines: read to their end or refused, never accepted. */
  @Test
  @EnabledIfEnvironmentVariable(named = CORPUS, matches = ".+")
  void logsOfOtherMachinesAreRejected() throws Exception {
    try (var logs = Files.list(Path.of(System.getenv(CORPUS), "ima", "tpm2-tss"))) {
      for (Path log : logs.toList()) {
        var demand =
            new ImaDemand(
                FileScenario.policy("{files: released, ahead: 0}").require().ima().orElseThrow(),
                Optional.empty(),
                Revocation.OFF,
                Optional.empty(),
                Optional.of(FileScenario.hash("x")),
                Scenario.NOW);
        try {
          var checks =
              ImaAppraisal.checks(
                  Optional.of(demand),
                  Optional.of(Bytes.copyOf(Files.readAllBytes(log))),
                  Scenario.BANK,
                  Map.of(10, FileScenario.hash("x")),
                  new KnownEntries());
          assertTrue(
              failed(checks).containsAll(List.of("ima-log", "ima-boot-aggregate")),
              () -> log + " " + failed(checks));
        } catch (FormatException e) {
          assertTrue(e.structure().startsWith("IMA"), e::structure);
        }
      }
    }
  }
}
