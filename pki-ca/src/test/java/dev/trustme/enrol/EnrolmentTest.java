// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.evidence.DeviceId;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.json.Json;
import dev.trustme.key.Judge;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A software TPM with an endorsement certificate of swtpm's own maker is enrolled, or not. */
class EnrolmentTest {
  private static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  private static final String AT = TestPki.AT.toString();

  @TempDir private static Path dir;
  private static Path maker = Path.of("");
  private static Path pki = Path.of("");
  private static EnrolmentRequest request = unset();

  private static EnrolmentRequest unset() {
    Bytes none = Bytes.empty();
    return new EnrolmentRequest(EnrolmentRequest.SCHEMA, DEVICE, none, none, none);
  }

  private static SoftwareTpm tpm() throws Exception {
    return SoftwareTpm.start(dir);
  }

  @BeforeAll
  static void manufacture() throws Exception {
    pki = dir.resolve("pki");
    TestPki.create(pki);
    maker = Files.createDirectory(dir.resolve("maker"));
    Files.writeString(
        maker.resolve("localca.conf"),
        """
        statedir = %1$s
        signingkey = %1$s/signkey.pem
        issuercert = %1$s/issuercert.pem
        certserial = %1$s/certserial
        """
            .formatted(maker));
    Files.writeString(maker.resolve("localca.options"), "--platform-manufacturer Test\n");
    Files.writeString(
        maker.resolve("setup.conf"),
        """
        create_certs_tool = swtpm_localca
        create_certs_tool_config = %1$s/localca.conf
        create_certs_tool_options = %1$s/localca.options
        """
            .formatted(maker));
    Judge.accepts(
        "swtpm_setup",
        "--tpm2",
        "--tpmstate",
        Files.createDirectory(dir.resolve("state")),
        "--config",
        maker.resolve("setup.conf"),
        "--create-ek-cert",
        "--lock-nvram");
    try (var tpm = tpm()) {
      tpm.run("tpm2_createek", "-G", "rsa", "-c", "ek.ctx", "-f", "tss", "-u", "ek.pub");
      tpm.flush();
      tpm.run(
          "tpm2_createak",
          "-C",
          "ek.ctx",
          "-G",
          "ecc256",
          "-g",
          "sha256",
          "-s",
          "ecdsa",
          "-c",
          "ak.ctx",
          "-f",
          "tss",
          "-u",
          "ak.pub");
      tpm.flush();
      tpm.run("tpm2_evictcontrol", "-C", "o", "-c", "ek.ctx", "0x8101000e");
      tpm.flush();
      tpm.run("tpm2_evictcontrol", "-C", "o", "-c", "ak.ctx", "0x8101000f");
      tpm.flush();
      tpm.run("tpm2_nvread", "0x1c00002", "-o", "ek.der");
      request =
          new EnrolmentRequest(
              EnrolmentRequest.SCHEMA,
              DEVICE,
              tpm.read("ek.der"),
              tpm.read("ek.pub"),
              tpm.read("ak.pub"));
    }
    Files.write(dir.resolve("request.json"), Json.write(request).toArray());
  }

  @AfterAll
  static void noProcessIsLeft() {
    assertTrue(
        ProcessHandle.current()
            .children()
            .noneMatch(p -> p.info().command().orElse("").endsWith("swtpm")));
  }

  @Test
  void aDeviceIsEnrolledByItsTpmOnly() throws Exception {
    assertEquals(0, challenge("pending.json", "blob", maker.resolve("issuercert.pem")));
    activate();
    assertEquals(1, complete("ak.pub", "refused"));
    assertTrue(Files.notExists(dir.resolve("refused")));
    assertEquals(0, complete("secret", "device"));

    Path device = dir.resolve("device");
    var chain = Certificates.parse(Inputs.read(device.resolve("ak-chain.pem")));
    var root = List.of(pki.resolve("certs/customer-root.pem"));
    var verdict =
        new PathValidator(TrustStore.load(root), TestPki.AT).validate(chain, Role.ATTESTATION_KEY);
    assertTrue(verdict.accepted(), () -> verdict.checks().toString());
    Judge.accepts(
        "openssl",
        "verify",
        "-x509_strict",
        "-attime",
        TestPki.AT.getEpochSecond(),
        "-CAfile",
        root.getFirst(),
        "-untrusted",
        device.resolve("ak-chain.pem"),
        device.resolve("ak.pem"));
    String words =
        Judge.accepts("openssl", "x509", "-in", device.resolve("ak.pem"), "-noout", "-text");
    assertTrue(words.contains("URI:" + DEVICE.urn()), words);
    assertTrue(words.contains("2.23.133.8.3"), words);
    assertEquals(Inputs.read(device.resolve("ak.der")), Certificates.der(chain.getFirst()));
    assertEquals(Inputs.read(device.resolve("issuer.der")), Certificates.der(chain.getLast()));

    var envelope = DsseEnvelope.parse(Inputs.read(device.resolve("record.json")));
    var signed =
        new DsseVerifier(TrustStore.load(root), Role.ENROLMENT, 1, TestPki.AT)
            .verify(envelope, DsseEnvelope.ENROLMENT);
    var payload = ((Verdict.Accepted<SignedPayload>) signed).value().payload();
    var record = EnrolmentRecord.parse(payload);
    assertEquals(DEVICE, record.device());
    assertEquals("swtpm", record.tpm().model());
    assertEquals(Certificates.fingerprint(chain.getFirst()), record.ak().certificate());
    assertTrue(PkiFolder.open(pki).log().verify().accepted());
    assertEquals("enrol", PkiFolder.open(pki).log().entries().getLast().action());
  }

  private static void activate() throws Exception {
    try (var tpm = tpm()) {
      tpm.run("tpm2_startauthsession", "--policy-session", "-S", "session");
      tpm.run("tpm2_policysecret", "-S", "session", "-c", "e");
      tpm.run(
          "tpm2_activatecredential",
          "-c",
          "0x8101000f",
          "-C",
          "0x8101000e",
          "-i",
          "blob",
          "-o",
          "secret",
          "-P",
          "session:session");
    }
  }

  @Test
  void aForeignMakerIsRefused() throws Exception {
    assertEquals(
        1, challenge("no-pending.json", "no-blob", pki.resolve("certs/customer-root.pem")));
    assertTrue(Files.notExists(dir.resolve("no-pending.json")));
    assertTrue(Files.notExists(dir.resolve("no-blob")));
  }

  @Test
  void acceptsTheRequestThatTheOthersDifferFrom() throws Exception {
    assertInstanceOf(Verdict.Accepted.class, verify(request));
  }

  @Test
  void anotherEndorsementKeyThanTheCertifiedIsRefused() throws Exception {
    var ek = request.untrustedEndorsementKey();
    var rsa = (TpmtPublic.Rsa) ek.key();
    byte[] modulus = rsa.unique().toArray();
    modulus[100] ^= 1;
    var other =
        new TpmtPublic(
            ek.nameAlg(),
            ek.objectAttributes(),
            ek.authPolicy(),
            new TpmtPublic.Rsa(
                rsa.symmetric(),
                rsa.scheme(),
                rsa.keyBits(),
                rsa.exponent(),
                Bytes.copyOf(modulus)));
    assertRefused(with(other, request.untrustedAttestationKey()), "ek-public");
  }

  @Test
  void anEndorsementKeyOfAnotherTemplateIsRefused() throws Exception {
    var ek = request.untrustedEndorsementKey();
    long bits = ek.objectAttributes().bits();
    for (int bit : List.of(1, 2, 4, 5, 6, 7, 10, 16, 17, 18, 30)) {
      var other =
          new TpmtPublic(ek.nameAlg(), new TpmaObject(bits ^ 1L << bit), ek.authPolicy(), ek.key());
      assertRefused(with(other, request.untrustedAttestationKey()), "ek-template");
    }
    var open = new TpmtPublic(ek.nameAlg(), ek.objectAttributes(), Bytes.empty(), ek.key());
    assertRefused(with(open, request.untrustedAttestationKey()), "ek-template");
  }

  @Test
  void aCertificateThatTheLibraryWouldTidyUpIsMalformed() throws Exception {
    byte[] der = request.ekCertificate().toArray();
    int critical = HexFormat.of().formatHex(der).indexOf("551d0f0101ff") / 2 + 5;
    der[critical] = 0x7f;
    var tidied =
        new EnrolmentRequest(
            EnrolmentRequest.SCHEMA,
            DEVICE,
            Bytes.copyOf(der),
            request.ekPublic(),
            request.akPublic());
    var e = assertThrows(FormatException.class, () -> verify(tidied));
    assertTrue(e.problem().contains("is not DER"), e.problem());
  }

  @Test
  void aKeyThatCanSignAnythingOrLeaveItsTpmIsRefused() throws Exception {
    var ak = request.untrustedAttestationKey();
    long bits = ak.objectAttributes().bits();
    for (int bit : List.of(1, 4, 5, 16, 17, 18, 31)) {
      var other =
          new TpmtPublic(ak.nameAlg(), new TpmaObject(bits ^ 1L << bit), ak.authPolicy(), ak.key());
      assertRefused(with(request.untrustedEndorsementKey(), other), "ak-attributes");
    }
  }

  @Test
  void aKeyWithSha1IsRefused() throws Exception {
    var ak = request.untrustedAttestationKey();
    var ecc = (TpmtPublic.Ecc) ak.key();
    var weak =
        new TpmtPublic(
            ak.nameAlg(),
            ak.objectAttributes(),
            ak.authPolicy(),
            new TpmtPublic.Ecc(
                ecc.symmetric(),
                dev.trustme.tpm.TpmtScheme.of(ecc.scheme().scheme(), HashAlgorithm.SHA1),
                ecc.curveId(),
                ecc.kdf(),
                ecc.x(),
                ecc.y()));
    assertRefused(with(request.untrustedEndorsementKey(), weak), "ak-scheme");
  }

  @Test
  void aPointOffTheCurveIsRefused() throws Exception {
    var ak = request.untrustedAttestationKey();
    var ecc = (TpmtPublic.Ecc) ak.key();
    var off =
        new TpmtPublic(
            ak.nameAlg(),
            ak.objectAttributes(),
            ak.authPolicy(),
            new TpmtPublic.Ecc(
                ecc.symmetric(), ecc.scheme(), ecc.curveId(), ecc.kdf(), ecc.y(), ecc.x()));
    assertRefused(with(request.untrustedEndorsementKey(), off), "ak-key");
  }

  @Test
  void anotherRequestThanTheChallengedIsRefused() throws Exception {
    Bytes original = Json.write(request);
    Bytes secret = Bytes.zeros(32);
    var pending =
        new PendingEnrolment(
            PendingEnrolment.SCHEMA,
            DEVICE,
            TestPki.AT,
            HashAlgorithm.SHA256.digest(original),
            new TpmMaker("id:1", "m", "id:2"),
            HashAlgorithm.SHA256.digest(secret));
    assertEquals(pending, PendingEnrolment.parse(pending.encode()));
    assertTrue(pending.answer(original, secret).accepted());
    Bytes other =
        Bytes.utf8(original.utf8().replace(DEVICE.uuid(), DEVICE.uuid().replace('7', '8')));
    assertEquals(List.of("pending-request"), failures(pending.answer(other, secret)));
    assertEquals(List.of("secret"), failures(pending.answer(original, Bytes.zeros(31))));
  }

  @Test
  void theEndorsementPolicyIsTheProfiles() {
    assertEquals(
        "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
        RequestVerifier.policySecretEndorsement().hex());
  }

  private static EnrolmentRequest with(TpmtPublic ek, TpmtPublic ak) {
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA,
        DEVICE,
        request.ekCertificate(),
        ek.encodeTpm2b(),
        ak.encodeTpm2b());
  }

  private static Verdict<VerifiedRequest> verify(EnrolmentRequest asked) throws Exception {
    var roots = TrustStore.load(List.of(maker.resolve("issuercert.pem")));
    return new RequestVerifier(roots, java.time.Instant.now()).verify(asked);
  }

  private static void assertRefused(EnrolmentRequest asked, String check) throws Exception {
    assertTrue(failures(verify(asked)).contains(check), () -> check + " of " + asked);
  }

  private static List<String> failures(Verdict<?> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  private static int challenge(String pending, String blob, Path roots) {
    return Launcher.run(
        new PkiMain(),
        "enrol",
        "challenge",
        "--quiet",
        "--request",
        file("request.json"),
        "--ek-roots",
        roots.toString(),
        "--pending",
        file(pending),
        "-o",
        file(blob));
  }

  private static int complete(String secret, String target) {
    return Launcher.run(
        new PkiMain(),
        "enrol",
        "complete",
        "--quiet",
        "--at",
        AT,
        "--pki",
        pki.toString(),
        "--request",
        file("request.json"),
        "--pending",
        file("pending.json"),
        "--secret",
        file(secret),
        "-o",
        file(target));
  }

  private static String file(String name) {
    return dir.resolve(name).toString();
  }
}
