// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device enrols by our commands alone, with every endorsement key that swtpm's maker certifies.
 */
class EnrolTest {
  private static final String ONE = "7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44";
  private static final String OTHER = "11111111-0f3a-4c1d-9f27-2c5a0d1e8b44";

  @TempDir private static Path folder;
  private static SoftwareTpm tpm;
  private static Path log;

  @BeforeAll
  static void manufacture() throws Exception {
    tpm = SoftwareTpm.startWithCertificates(folder);
    log = Files.write(folder.resolve("log"), measured().toArray());
    assertEquals(
        0, pki("init", "--quiet", "--profile", "ci", "--plaintext-keys", "-o", file("pki")));
  }

  @AfterAll
  static void stop() {
    tpm.close();
  }

  /** A log of two events, which the TPM is made to measure. */
  private static Bytes measured() throws Exception {
    var log =
        BinaryWriter.littleEndian()
            .u32(0)
            .u32(3)
            .zeros(20)
            .u32(37)
            .bytes(Bytes.utf8("Spec ID Event03\0"))
            .u32(0)
            .u8(0)
            .u8(2)
            .u8(0)
            .u8(2)
            .u32(2)
            .u16(HashAlgorithm.SHA1.tpmAlgId())
            .u16(20)
            .u16(HashAlgorithm.SHA256.tpmAlgId())
            .u16(32)
            .u8(0);
    for (int pcr : new int[] {0, 6}) {
      Bytes data = Bytes.fromHex("00000000");
      var sha1 = HashAlgorithm.SHA1.digest(data);
      var sha256 = HashAlgorithm.SHA256.digest(data);
      log.u32(pcr).u32(4).u32(2);
      log.u16(HashAlgorithm.SHA1.tpmAlgId()).bytes(sha1.value());
      log.u16(HashAlgorithm.SHA256.tpmAlgId()).bytes(sha256.value());
      log.u32(4).bytes(data);
      tpm.run("tpm2_pcrextend", "%d:sha1=%s,sha256=%s".formatted(pcr, sha1.hex(), sha256.hex()));
    }
    return log.toBytes();
  }

  @Test
  void enrolsByTheFirstCertifiedKeyAndInstallsWhatIsItsOwn() throws Exception {
    assertEquals(0, request(ONE, "one.json", "--replace"));
    assertEquals(0, challenge("one.json", "one.blob"));
    assertEquals(0, activate("one.blob", "one.secret"));
    assertEquals(0, complete("one.json", "one.secret", "one"));
    assertEquals(0, install("one", "installed"));
    assertTrue(Files.exists(folder.resolve("installed/identity-chain.pem")));
    tpm.run(
        "tpm2_certify",
        "-c",
        "0x81010003",
        "-C",
        "0x81010002",
        "-g",
        "sha256",
        "-o",
        "a",
        "-s",
        "s");

    assertEquals(1, challenge("one.json", "again.blob"), "the UUID is taken");
    assertEquals(0, request(OTHER, "other.json", "--reuse"));
    assertEquals(1, challenge("other.json", "other.blob"), "the TPM is taken");
    assertFalse(Files.exists(folder.resolve("other.blob")));

    assertEquals(0, complete("one.json", "one.secret", "one-again"), "the same answer again");
    for (String name : List.of("ak.der", "identity.der", "record.json")) {
      assertEquals(
          -1, Files.mismatch(folder.resolve("one/" + name), folder.resolve("one-again/" + name)));
    }
    assertEquals(0, request(ONE, "anew.json", "--replace"));
    assertEquals(1, install("one", "stale"), "the keys are others now");
    assertFalse(Files.exists(folder.resolve("stale")));
  }

  /** swtpm's maker also certifies a key of template H-3: P-384, SHA-384, AES-256, PolicyB. */
  @Test
  void enrolsByAKeyOfTheHighRange() throws Exception {
    String uuid = "22222222-0f3a-4c1d-9f27-2c5a0d1e8b44";
    String[] keys = {"--ek-template", "h-3", "--ak", "0x81010012", "--identity", "0x81010013"};
    for (String algorithm : List.of("rsa2048", "p256")) {
      List<String> more = new ArrayList<>(List.of(keys));
      more.addAll(List.of("--algorithm", algorithm, "--replace"));
      assertEquals(0, request(uuid, algorithm + ".json", more.toArray(String[]::new)));
      assertEquals(0, challenge(algorithm + ".json", algorithm + ".blob"));
    }
    assertEquals(1, activate("rsa2048.blob", "stale", keys), "the keys are others now");
    assertEquals(0, activate("p256.blob", "high.secret", keys));
    assertEquals(0, complete("p256.json", "high.secret", "high"));
    assertEquals(0, install("high", "high-installed", keys));
  }

  /** What our commands make is judged by openssl. */
  @Test
  void certificationQuoteAndProofAreSignaturesOfTheseKeys() throws Exception {
    String uuid = "33333333-0f3a-4c1d-9f27-2c5a0d1e8b44";
    assertEquals(0, request(uuid, "judged.json", "--ak", "0x81010022", "--identity", "0x81010023"));
    var request = EnrolmentRequest.parse(tpm.read("judged.json"));
    var identity = request.identity();
    var quote = request.firmware().orElseThrow().quote();
    Bytes ak = request.ak().publicArea();
    judge(ak, identity.certified().attest(), identity.certified().signature());
    judge(ak, quote.attest(), quote.signature());
    judge(identity.publicArea(), request.binding(), identity.proof());
  }

  private static void judge(Bytes area, Bytes message, Bytes signature) throws Exception {
    Files.write(folder.resolve("key.pem"), TpmPublicKey.pem(TpmtPublic.parseTpm2b(area)).toArray());
    Files.write(folder.resolve("message"), message.toArray());
    var ecdsa = (TpmtSignature.Ecdsa) TpmtSignature.parse(signature);
    Files.writeString(
        folder.resolve("sig.cnf"),
        "asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n"
            .formatted(ecdsa.signatureR().hex(), ecdsa.signatureS().hex()));
    tpm.run("openssl", "asn1parse", "-genconf", "sig.cnf", "-noout", "-out", "sig.der");
    String said =
        tpm.run(
            "openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "sig.der", "message");
    assertTrue(said.contains("Verified OK"), said);
  }

  @Test
  void keysThatAreThereAreNeitherTakenNorRemovedUnasked() throws Exception {
    String uuid = "44444444-0f3a-4c1d-9f27-2c5a0d1e8b44";
    String[] keys = {"--ak", "0x81010032", "--identity", "0x81010033"};
    assertEquals(0, request(uuid, "first.json", keys));
    assertEquals(4, request(uuid, "second.json", keys));
    assertFalse(Files.exists(folder.resolve("second.json")));
    assertEquals(2, request("not-a-uuid", "second.json", keys));
    assertEquals(2, request(uuid, "second.json", "--ak", "0x81010032", "--identity", "0x81010032"));
  }

  private static int request(String uuid, String output, String... more) {
    return device(
        more,
        "enrol",
        "request",
        "--quiet",
        "--device",
        uuid,
        "--log",
        log.toString(),
        "--tcti",
        tpm.tcti(),
        "-o",
        file(output));
  }

  private static int activate(String blob, String output, String... more) {
    return device(
        more,
        "enrol",
        "activate",
        "--quiet",
        "--tcti",
        tpm.tcti(),
        "-i",
        file(blob),
        "-o",
        file(output));
  }

  private static int install(String from, String into, String... more) {
    return device(
        more,
        "enrol",
        "install",
        file(from),
        "--quiet",
        "--tcti",
        tpm.tcti(),
        "--roots",
        file("pki/certs/root.pem"),
        "-o",
        file(into));
  }

  private static int device(String[] more, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(more));
    return Launcher.run(new DeviceMain(), line.toArray(String[]::new));
  }

  private static int challenge(String request, String blob) {
    return pki(
        "enrol",
        "challenge",
        "--quiet",
        "--pki",
        file("pki"),
        "--request",
        file(request),
        "--ek-roots",
        file("ca/issuercert.pem"),
        "-o",
        file(blob));
  }

  private static int complete(String request, String secret, String into) {
    return pki(
        "enrol",
        "complete",
        "--quiet",
        "--pki",
        file("pki"),
        "--request",
        file(request),
        "--secret",
        file(secret),
        "-o",
        file(into));
  }

  private static int pki(String... command) {
    return Launcher.run(new PkiMain(), command);
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }
}
