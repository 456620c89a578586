// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.evidence.EnrolmentRequest.Endorsement;
import dev.trustme.evidence.EnrolmentRequest.Firmware;
import dev.trustme.evidence.EnrolmentRequest.Identity;
import dev.trustme.evidence.EnrolmentRequest.Statement;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.Issuer;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request that tpm2-tools made on a software TPM is accepted; changed in one place, it is not.
 */
class EnrolmentTest {
  private static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");

  @TempDir private static Path dir;
  private static SoftwareTpm tpm;
  private static ToolDevice device;
  private static EnrolmentRequest request;
  private static Bytes hash = Bytes.empty();

  @BeforeAll
  static void manufacture() throws Exception {
    tpm = SoftwareTpm.startWithCertificates(dir);
    FirmwareLog.measure(tpm, 0, 2, 6, 7);
    device = ToolDevice.make(tpm);
    request = device.request(DEVICE, Optional.of(FirmwareLog.of(0, 2, 6, 7)));
    hash = EnrolmentRequest.hash(request.binding()).value();
  }

  @AfterAll
  static void stop() {
    tpm.close();
  }

  @Test
  void acceptsTheRequestThatTheOthersDifferFrom() throws Exception {
    var verdict = verify(request);
    assertTrue(verdict.accepted(), () -> verdict.failures().toString());
    var verified = ((Verdict.Accepted<VerifiedRequest>) verdict).value();
    assertEquals("swtpm", verified.tpm().model());
    var events = verified.firmware().orElseThrow();
    assertEquals(List.of("sha256"), events.banks());
    assertEquals(List.of(0, 2, 6), events.events().stream().map(e -> e.pcr()).toList());
    assertEquals(
        List.of(HashAlgorithm.SHA256.digest(FirmwareLog.DATA)),
        events.events().getFirst().digests());
  }

  @Test
  void anUnknownMakerIsTheReason() throws Exception {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      var root =
          Issuer.selfSigned(
              new CertificatePlan(
                  new X500Name("CN=another maker"),
                  key.publicKey(),
                  CertificatePlan.Validity.years(Instant.now(), 20),
                  new CertificatePlan.Kind.Authority(Optional.empty())),
              key);
      var verdict = verify(request, new TrustStore(List.of(root)), Exceptions.NONE);
      assertEquals(List.of("certificate-anchor"), failures(verdict));
    }
  }

  @Test
  void anotherEndorsementKeyThanTheCertifiedIsRefused() throws Exception {
    var ek = TpmtPublic.parseTpm2b(request.ek().publicArea());
    var rsa = (TpmtPublic.Rsa) ek.key();
    byte[] modulus = rsa.unique().toArray();
    modulus[100] ^= 1;
    assertRefused(
        withEk(
            new TpmtPublic(
                ek.nameAlg(),
                ek.objectAttributes(),
                ek.authPolicy(),
                new TpmtPublic.Rsa(
                    rsa.symmetric(),
                    rsa.scheme(),
                    rsa.keyBits(),
                    rsa.exponent(),
                    Bytes.copyOf(modulus)))),
        "ek-public");
  }

  @Test
  void anEndorsementKeyOfAnotherTemplateIsRefused() throws Exception {
    var ek = TpmtPublic.parseTpm2b(request.ek().publicArea());
    for (int bit : List.of(1, 2, 4, 5, 6, 7, 10, 16, 17, 18, 30)) {
      assertRefused(withEk(flipped(ek, bit)), "ek-template");
    }
    assertRefused(
        withEk(new TpmtPublic(ek.nameAlg(), ek.objectAttributes(), Bytes.empty(), ek.key())),
        "ek-template");
  }

  private static TpmtPublic flipped(TpmtPublic key, int bit) {
    var attributes = new TpmaObject(key.objectAttributes().bits() ^ 1L << bit);
    return new TpmtPublic(key.nameAlg(), attributes, key.authPolicy(), key.key());
  }

  @Test
  void aCertificateThatTheLibraryWouldTidyUpIsRefused() throws Exception {
    byte[] der = request.ek().certificate().toArray();
    int critical = HexFormat.of().formatHex(der).indexOf("551d0f0101ff") / 2 + 5;
    der[critical] = 0x7f;
    var tidied = with(new Endorsement(Bytes.copyOf(der), List.of(), request.ek().publicArea()));
    assertRefused(tidied, "certificate-path");
  }

  @Test
  void aKeyThatCanLeaveItsTpmOrSignOtherwiseIsRefused() throws Exception {
    var ak = TpmtPublic.parseTpm2b(request.ak().publicArea());
    var identity = TpmtPublic.parseTpm2b(request.identity().publicArea());
    for (int bit : List.of(1, 4, 5, 16, 17, 18, 31)) {
      assertRefused(withAk(flipped(ak, bit)), "ak-attributes");
      assertRefused(withIdentity(flipped(identity, bit)), "identity-attributes");
    }
  }

  @Test
  void aKeyWithSha1OrOffItsCurveIsRefused() throws Exception {
    var ak = TpmtPublic.parseTpm2b(request.ak().publicArea());
    var ecc = (TpmtPublic.Ecc) ak.key();
    var weak = TpmtScheme.of(ecc.scheme().scheme(), HashAlgorithm.SHA1);
    assertRefused(withAk(key(ak, ecc, weak, ecc.x(), ecc.y())), "ak-scheme");
    assertRefused(withAk(key(ak, ecc, ecc.scheme(), ecc.y(), ecc.x())), "ak-key");
    assertRefused(withIdentity(key(ak, ecc, ecc.scheme(), ecc.y(), ecc.x())), "identity-key");
  }

  private static TpmtPublic key(
      TpmtPublic of, TpmtPublic.Ecc ecc, TpmtScheme scheme, Bytes x, Bytes y) {
    return new TpmtPublic(
        of.nameAlg(),
        of.objectAttributes(),
        of.authPolicy(),
        new TpmtPublic.Ecc(ecc.symmetric(), scheme, ecc.curveId(), ecc.kdf(), x, y));
  }

  @Test
  void identityKeysOfOtherTypesThanTheProfilesAreRefused() throws Exception {
    var makers = new TpmMakers(makers(), Instant.now());
    var verifier =
        new RequestVerifier(makers, List.of(KeyType.EC_P384), Nobody.KNOWN, Exceptions.NONE);
    assertEquals(List.of("identity-type"), failures(verifier.verify(request)));
  }

  /** tpm2_certify's statement differs from what is wanted in its qualifying data alone. */
  @Test
  void readsWhatTheToolCertifies() throws Exception {
    var tool = withCertified(device.certifyByTool());
    assertEquals(List.of("certify-binding"), failures(verify(tool)));
  }

  @Test
  void aQuoteIsNoCertification() throws Exception {
    var quote = request.firmware().orElseThrow().quote();
    assertEquals(List.of("certify-type", "certify-name"), failures(verify(withCertified(quote))));
  }

  @Test
  void everyByteOfCertificationAndProofCounts() throws Exception {
    var certified = request.identity().certified();
    for (int at = 0; at < certified.attest().size(); at++) {
      int position = at;
      var changed =
          withCertified(new Statement(flipped(certified.attest(), at), certified.signature()));
      assertNotAccepted(changed, () -> "attest " + position);
    }
    for (int at = 0; at < certified.signature().size(); at++) {
      int position = at;
      var changed =
          withCertified(new Statement(certified.attest(), flipped(certified.signature(), at)));
      assertNotAccepted(changed, () -> "signature " + position);
      var proof =
          new Identity(
              request.identity().publicArea(), certified, flipped(request.identity().proof(), at));
      assertNotAccepted(with(proof), () -> "proof " + position);
    }
  }

  private static Bytes flipped(Bytes original, int at) {
    byte[] changed = original.toArray();
    changed[at] ^= 1;
    return Bytes.copyOf(changed);
  }

  private static void assertNotAccepted(EnrolmentRequest asked, Supplier<String> what)
      throws Exception {
    try {
      assertTrue(!verify(asked).accepted(), what);
    } catch (FormatException e) {
      assertTrue(e.offset() >= 0);
    }
  }

  @Test
  void anotherDeviceCannotUseTheRequest() throws Exception {
    var other =
        new EnrolmentRequest(
            EnrolmentRequest.SCHEMA,
            new DeviceId("8c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44"),
            request.ek(),
            request.ak(),
            request.identity(),
            request.firmware());
    assertEquals(
        List.of("certify-binding", "possession", "firmware-binding"), failures(verify(other)));
  }

  @Test
  void theFirmwaresLogMustBeShownAndTrue() throws Exception {
    var quote = request.firmware().orElseThrow().quote();
    assertTrue(
        failures(verify(with(Optional.of(new Firmware(quote, FirmwareLog.of(0, 2, 6, 6))))))
            .contains("firmware-log"));
    assertTrue(failures(verify(with(Optional.empty()))).contains("firmware"));
    var fewer = new Firmware(device.quote(hash, "0,1,2,3"), FirmwareLog.of(0, 2, 6, 7));
    assertEquals(List.of("firmware-selection"), failures(verify(with(Optional.of(fewer)))));
    var more = new Firmware(device.quote(hash, "0,1,2,3,6,7"), FirmwareLog.of(0, 2, 6, 7));
    assertEquals(List.of("firmware-selection"), failures(verify(with(Optional.of(more)))));
  }

  @Test
  void withoutFirmwareOnlyIfToldSo() throws Exception {
    var bare = device.request(DEVICE, Optional.empty());
    assertEquals(List.of("firmware"), failures(verify(bare)));
    var allowed = new Exceptions(false, Optional.empty(), true);
    var verdict = verify(bare, makers(), allowed);
    assertTrue(verdict.accepted(), () -> verdict.failures().toString());
  }

  private static EnrolmentRequest with(Endorsement ek) {
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA, DEVICE, ek, request.ak(), request.identity(), request.firmware());
  }

  private static EnrolmentRequest withEk(TpmtPublic ek) {
    return with(new Endorsement(request.ek().certificate(), List.of(), ek.encodeTpm2b()));
  }

  private static EnrolmentRequest withAk(TpmtPublic ak) {
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA,
        DEVICE,
        request.ek(),
        new EnrolmentRequest.Attestation(ak.encodeTpm2b()),
        request.identity(),
        request.firmware());
  }

  private static EnrolmentRequest withIdentity(TpmtPublic key) {
    return with(
        new Identity(
            key.encodeTpm2b(), request.identity().certified(), request.identity().proof()));
  }

  private static EnrolmentRequest withCertified(Statement certified) {
    return with(
        new Identity(request.identity().publicArea(), certified, request.identity().proof()));
  }

  private static EnrolmentRequest with(Identity identity) {
    return with(identity, request.firmware());
  }

  private static EnrolmentRequest with(Optional<Firmware> firmware) {
    return with(request.identity(), firmware);
  }

  private static EnrolmentRequest with(Identity identity, Optional<Firmware> firmware) {
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA, DEVICE, request.ek(), request.ak(), identity, firmware);
  }

  private static TrustStore makers() throws Exception {
    return TrustStore.load(List.of(dir.resolve("ca/issuercert.pem")));
  }

  private static Verdict<VerifiedRequest> verify(EnrolmentRequest asked) throws Exception {
    return verify(asked, makers(), Exceptions.NONE);
  }

  private static Verdict<VerifiedRequest> verify(
      EnrolmentRequest asked, TrustStore roots, Exceptions exceptions) throws Exception {
    return new RequestVerifier(
            new TpmMakers(roots, Instant.now()),
            Arrays.asList(KeyType.values()),
            Nobody.KNOWN,
            exceptions)
        .verify(asked);
  }

  private static void assertRefused(EnrolmentRequest asked, String check) throws Exception {
    assertTrue(failures(verify(asked)).contains(check), () -> check + " of " + asked);
  }

  private static List<String> failures(Verdict<?> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }
}
