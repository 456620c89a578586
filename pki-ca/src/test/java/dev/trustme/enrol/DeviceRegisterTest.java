// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.RevocationReason;
import dev.trustme.issue.Revocations;
import dev.trustme.key.Judge;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device's life in the register: enrolled once, replaced, revoked; by the commands alone. */
class DeviceRegisterTest {
  private static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  private static final DeviceId OTHER = new DeviceId("8d9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");

  @TempDir private static Path shared;
  @TempDir private Path dir;
  private final List<SoftwareTpm> tpms = new ArrayList<>();
  private SoftwareTpm tpm;
  private ToolDevice device;

  @BeforeAll
  static void initialize() {
    String folder = shared.resolve("pki").toString();
    assertEquals(0, pki("init", "--profile", "ci", "--plaintext-keys", "-o", folder));
  }

  @BeforeEach
  void manufacture() throws Exception {
    Judge.accepts("cp", "-r", shared.resolve("pki"), dir);
    tpm = tpm("tpm");
    device = ToolDevice.make(tpm);
  }

  private SoftwareTpm tpm(String name) throws Exception {
    var made = SoftwareTpm.startWithCertificates(Files.createDirectory(dir.resolve(name)));
    tpms.add(made);
    FirmwareLog.measure(made, 0, 6);
    return made;
  }

  @AfterEach
  void stop() {
    tpms.forEach(SoftwareTpm::close);
  }

  @Test
  void aDeviceLivesInTheRegister() throws Exception {
    enrol(tpm, device, DEVICE, "challenge");
    judgeCertificates();
    judgeRecord();
    assertEquals(0, complete(tpm, "secret", "again"), "the same answer gives the same");
    assertEquals(
        -1, Files.mismatch(dir.resolve("out/record.json"), dir.resolve("again/record.json")));
    Files.write(tpm.file("wrong"), new byte[32]);
    assertEquals(1, complete(tpm, "wrong", "never"));

    assertEquals(1, challenge(tpm, "other-blob", "challenge"), "the UUID is taken");
    write(tpm, OTHER);
    assertEquals(1, challenge(tpm, "other-blob", "challenge"), "the TPM is taken");
    assertEquals(1, challenge(tpm, "other-blob", "challenge", "--also-of", OTHER.uuid()));
    assertEquals(0, challenge(tpm, "other-blob", "challenge", "--also-of", DEVICE.uuid()));

    assertEquals(0, revoke(DEVICE, "key-compromise"));
    assertEquals(1, revoke(DEVICE, "superseded"), "it is revoked already");
    assertEquals(2, revoke(OTHER, "superseded"), "it is not enrolled");
    var revoked = Revocations.of(PkiFolder.open(dir.resolve("pki")));
    for (var certificate : register().find(DEVICE).orElseThrow().current().certificates()) {
      assertEquals(
          RevocationReason.KEY_COMPROMISE, revoked.find(certificate).orElseThrow().reason());
    }
    judgeRevocation();
    assertEquals(1, complete(tpm, "secret", "late"), "an answer after the revocation");
    assertEquals(0, pki("audit", "verify", "--pki", file("pki")));
  }

  @Test
  void aRepairedDeviceKeepsItsNameAndNotItsCertificates() throws Exception {
    enrol(tpm, device, DEVICE, "challenge");
    var before = register().find(DEVICE).orElseThrow().current();
    var repaired = tpm("repaired");
    var anew = ToolDevice.make(repaired);
    Files.write(
        repaired.file("request.json"),
        anew.request(DEVICE, Optional.of(FirmwareLog.of(0, 6))).encode().toArray());
    assertEquals(1, challenge(repaired, "blob", "challenge"));
    assertEquals(2, challenge(repaired, "blob", "replace", OTHER.uuid()), "it asks for another");
    assertEquals(0, challenge(repaired, "blob", "replace", DEVICE.uuid()));
    assertTrue(register().find(DEVICE).orElseThrow().current().active(), "until the answer");
    anew.activate("blob", "secret");
    assertEquals(0, complete(repaired, "secret", "anew"));

    var known = register().find(DEVICE).orElseThrow();
    assertEquals(2, known.enrolments().size());
    assertTrue(known.current().active());
    assertFalse(known.enrolments().getFirst().active());
    var payload = DsseEnvelope.parse(Inputs.read(dir.resolve("anew/record.json"))).payload();
    assertEquals(Optional.of(before.record()), EnrolmentRecord.parse(payload).replaces());
    var revoked = Revocations.of(PkiFolder.open(dir.resolve("pki")));
    for (var certificate : before.certificates()) {
      assertEquals(RevocationReason.SUPERSEDED, revoked.find(certificate).orElseThrow().reason());
    }
    assertTrue(revoked.find(known.current().certificates().getFirst()).isEmpty());
    assertEquals(
        List.of(DEVICE), register().withEndorsementKey(before.ek()), "the old TPM is known");
    List<DeviceId> all = new ArrayList<>();
    register().each(d -> all.add(d.device()));
    assertEquals(List.of(DEVICE), all);
    assertEquals(0, pki("enrol", "list", "--pki", file("pki")));
    assertEquals(0, pki("enrol", "show", DEVICE.uuid(), "--pki", file("pki")));
    assertEquals(2, pki("enrol", "show", OTHER.uuid(), "--pki", file("pki")));
  }

  @Test
  void aDryRunOrARefusalLeavesNothing() throws Exception {
    write(tpm, DEVICE);
    assertEquals(0, challenge(tpm, "blob", "challenge", "--dry-run"));
    assertEquals(1, challenge(tpm, "blob", "replace", DEVICE.uuid()), "nothing to replace");
    assertFalse(Files.exists(tpm.file("blob")));
    assertFalse(Files.exists(dir.resolve("pki/devices")));
    Files.write(tpm.file("secret"), new byte[32]);
    assertEquals(1, complete(tpm, "secret", "out"), "no challenge waits");
    assertFalse(Files.exists(dir.resolve("out")));
  }

  /** Of two challenges only the last counts, as the register remembers one. */
  @Test
  void aLaterChallengeTakesThePlaceOfTheFirst() throws Exception {
    write(tpm, DEVICE);
    assertEquals(0, challenge(tpm, "first", "challenge"));
    assertEquals(0, challenge(tpm, "last", "challenge"));
    device.activate("first", "first-secret");
    assertEquals(1, complete(tpm, "first-secret", "out"));
    device.activate("last", "last-secret");
    assertEquals(0, complete(tpm, "last-secret", "out"));
  }

  private void judgeCertificates() throws Exception {
    Path root = dir.resolve("pki/certs/root.pem");
    for (String name : List.of("ak", "identity")) {
      Path out = dir.resolve("out");
      var chain = Certificates.parse(Inputs.read(out.resolve(name + "-chain.pem")));
      var role = name.equals("ak") ? Role.ATTESTATION_KEY : Role.DEVICE;
      var verdict =
          new PathValidator(TrustStore.load(List.of(root)), Instant.now()).validate(chain, role);
      assertTrue(verdict.accepted(), () -> verdict.failures().toString());
      Judge.accepts(
          "openssl",
          "verify",
          "-x509_strict",
          "-purpose",
          name.equals("ak") ? "any" : "sslclient",
          "-CAfile",
          root,
          "-untrusted",
          out.resolve(name + "-chain.pem"),
          out.resolve(name + ".pem"));
      String words =
          Judge.accepts("openssl", "x509", "-in", out.resolve(name + ".pem"), "-noout", "-text");
      List<String> said =
          name.equals("ak")
              ? List.of("URI:" + DEVICE.urn(), "2.23.133.8.3", "2.23.133.2.1=id:00001014")
              : List.of("URI:UUID:" + DEVICE.uuid(), "TLS Web Client Authentication");
      said.forEach(s -> assertTrue(words.replace(" = ", "=").contains(s), words));
      assertEquals(Inputs.read(out.resolve(name + ".der")), Certificates.der(chain.getFirst()));
    }
  }

  private void judgeRevocation() throws Exception {
    assertEquals(0, pki("crl", "--pki", file("pki"), "--all"));
    Path list = dir.resolve("crl.pem");
    Judge.accepts(
        "openssl", "crl", "-inform", "DER", "-in", file("pki/crls/root.crl"), "-out", list);
    for (String name : List.of("ak", "identity")) {
      String said =
          Judge.refuses(
              "openssl",
              "verify",
              "-crl_check",
              "-CRLfile",
              list,
              "-CAfile",
              file("pki/certs/root.pem"),
              file("out/" + name + ".pem"));
      assertTrue(said.contains("certificate revoked"), said);
    }
  }

  private void judgeRecord() throws Exception {
    var envelope = DsseEnvelope.parse(Inputs.read(dir.resolve("out/record.json")));
    var roots = TrustStore.load(List.of(dir.resolve("pki/certs/root.pem")));
    var verdict = EnrolmentRecord.verify(envelope, roots, Instant.now());
    var record = ((Verdict.Accepted<EnrolmentRecord>) verdict).value();
    assertEquals(DEVICE, record.device());
    assertEquals("swtpm", record.tpm().model());
    var ak = Certificates.parseDer(Inputs.read(dir.resolve("out/ak.der")));
    assertEquals(Certificates.fingerprint(ak), record.ak().certificate());
    var events = record.firmware().orElseThrow().events();
    assertEquals(List.of(0, 6), events.stream().map(e -> e.pcr()).toList());
    assertEquals(
        List.of(HashAlgorithm.SHA256.digest(FirmwareLog.DATA)), events.getFirst().digests());
    var forged =
        new DsseEnvelope(
            envelope.payloadType(),
            Bytes.utf8(envelope.payload().utf8().replace(DEVICE.uuid(), OTHER.uuid())),
            envelope.signatures());
    assertFalse(EnrolmentRecord.verify(forged, roots, Instant.now()).accepted());
  }

  private DeviceRegister register() throws Exception {
    return new DeviceRegister(PkiFolder.open(dir.resolve("pki")));
  }

  private void write(SoftwareTpm on, DeviceId id) throws Exception {
    Files.write(
        on.file("request.json"),
        device.request(id, Optional.of(FirmwareLog.of(0, 6))).encode().toArray());
  }

  private void enrol(SoftwareTpm on, ToolDevice by, DeviceId id, String step) throws Exception {
    write(on, id);
    assertEquals(0, challenge(on, "blob", step));
    by.activate("blob", "secret");
    assertEquals(0, complete(on, "secret", "out"));
  }

  private int challenge(SoftwareTpm on, String blob, String... step) {
    List<String> line = new ArrayList<>(List.of("enrol"));
    line.addAll(List.of(step));
    line.addAll(
        List.of(
            "--pki",
            file("pki"),
            "--request",
            on.file("request.json").toString(),
            "--ek-roots",
            on.file("ca/issuercert.pem").toString(),
            "-o",
            on.file(blob).toString()));
    return pki(line.toArray(String[]::new));
  }

  private int complete(SoftwareTpm on, String secret, String out) {
    return pki(
        "enrol",
        "complete",
        "--pki",
        file("pki"),
        "--request",
        on.file("request.json").toString(),
        "--secret",
        on.file(secret).toString(),
        "-o",
        file(out));
  }

  private int revoke(DeviceId id, String reason) {
    return pki("enrol", "revoke", id.uuid(), "--pki", file("pki"), "--reason", reason);
  }

  private static int pki(String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.add("--quiet");
    return Launcher.run(new PkiMain(), line.toArray(String[]::new));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }
}
