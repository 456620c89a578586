// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each test changes one thing of a device that is accepted, and names what is found. */
class EvidenceVerifierTest {
  private static final DeviceId OTHER = new DeviceId("00000000-4dd3-4b7f-8f7e-4f3b5f4b1a10");

  private final Scenario scenario = new Scenario();

  private void rejects(String... ids) throws FormatException {
    assertEquals(Arrays.asList(ids), scenario.failures());
  }

  @Test
  void acceptsWhatHolds() throws FormatException {
    var verdict = scenario.judge();
    assertEquals(List.of(), verdict.failures());
    var accepted = assertInstanceOf(Verdict.Accepted.class, verdict);
    assertEquals(EvidenceCheck.values().length, accepted.checks().size());
    assertEquals(3, ((VerifiedDevice) accepted.value()).state().resetCount());
  }

  @Test
  void namesEveryCheckOnceInTheRegistrysOrder() throws FormatException {
    var ids = scenario.judge().checks().stream().map(Check::id).toList();
    assertEquals(Arrays.stream(EvidenceCheck.values()).map(EvidenceCheck::id).toList(), ids);
  }

  // Release.

  @Test
  void rejectsReleaseByAnotherRole() throws FormatException {
    scenario.releaseCertificate =
        scenario.releases.leaf(
            TestAuthority.publicKey(scenario.releases.keys), Role.CONTAINER, Optional.empty());
    rejects(
        "release-signature",
        "release-validity",
        "release-name",
        "release-sequence",
        "release-boot",
        "pcr-4",
        "pcr-7",
        "pcr-9",
        "pcr-11");
  }

  @Test
  void rejectsReleaseBelowFloorOrRunOut() throws FormatException {
    scenario.sequence = 40;
    rejects("release-sequence");
    scenario.sequence = 41;
    scenario.releaseUntil = Scenario.NOW.minusSeconds(1);
    rejects("release-validity");
  }

  @Test
  void rejectsReleaseThatPredictsLess() throws FormatException {
    scenario.predictions = scenario.predictions.subList(1, 4);
    rejects("release-boot", "pcr-4");
  }

  // Attestation key: K03, K06, Q20.

  @Test
  void rejectsKeyOfAnotherAuthority() throws FormatException {
    var stranger = new TestAuthority("Devices");
    scenario.akCertificate =
        stranger.leaf(
            TestAuthority.publicKey(scenario.ak),
            Role.ATTESTATION_KEY,
            Optional.of(Scenario.DEVICE.urn()));
    rejects("ak-certificate", "quote-scheme", "quote-signature");
  }

  @Test
  void rejectsKeyWithoutItsRole() throws FormatException {
    scenario.akCertificate =
        scenario.devices.leaf(
            TestAuthority.publicKey(scenario.ak), Role.BOOT, Optional.of(Scenario.DEVICE.urn()));
    rejects("ak-certificate", "quote-scheme", "quote-signature");
  }

  @Test
  void rejectsExpiredKeyCertificate() throws FormatException {
    scenario.akCertificate =
        scenario.devices.leafUntil(
            TestAuthority.publicKey(scenario.ak),
            Role.ATTESTATION_KEY,
            Scenario.DEVICE.urn(),
            Scenario.NOW.minusSeconds(1));
    rejects("ak-certificate", "quote-scheme", "quote-signature");
  }

  @Test
  void rejectsKeyOfAnotherDevice() throws FormatException {
    for (var name : List.of(Optional.of(OTHER.urn()), Optional.<String>empty())) {
      scenario.akCertificate =
          scenario.devices.leaf(TestAuthority.publicKey(scenario.ak), Role.ATTESTATION_KEY, name);
      rejects("ak-device", "quote-scheme", "quote-signature");
    }
  }

  @Test
  void rejectsCertificateOfAnotherKey() throws FormatException {
    scenario.akCertificate =
        scenario.devices.leaf(
            TestAuthority.publicKey(TestAuthority.ecKeys()),
            Role.ATTESTATION_KEY,
            Optional.of(Scenario.DEVICE.urn()));
    rejects("ak-public", "quote-scheme", "quote-signature");
  }

  // Nonce: Q03.

  @Test
  void rejectsNonceUsedTwiceOrUnknownOrLateOrOfAnotherDevice() throws FormatException {
    var challenge = ((NonceAnswer.Consumed) scenario.answer).challenge();
    scenario.answer = new NonceAnswer.AlreadyUsed(challenge);
    rejects("nonce-unused");
    scenario.answer = new NonceAnswer.Unknown();
    rejects("nonce-known", "nonce-unused", "nonce-device", "nonce-fresh");
    scenario.answer = new NonceAnswer.Consumed(challenge);
    scenario.at = Scenario.NOW.plusSeconds(271);
    rejects("nonce-fresh");
    scenario.at = Scenario.NOW.minusSeconds(31);
    rejects("nonce-fresh");
    scenario.at = Scenario.NOW;
    scenario.answer =
        new NonceAnswer.Consumed(
            Challenge.of(OTHER, scenario.nonce, challenge.created(), MaxAge.parse("5m")));
    rejects("nonce-device");
  }

  @Test
  void rejectsQuoteOverAnotherNonce() throws FormatException {
    Bytes wanted = scenario.nonce.value();
    for (Bytes other :
        List.of(
            Bytes.utf8("another nonce"),
            wanted.slice(0, 31),
            Bytes.concat(wanted, Bytes.zeros(1)),
            Bytes.utf8(wanted.hex()))) {
      Nonce asked = scenario.nonce;
      scenario.nonce = new Nonce(other);
      scenario.requote();
      scenario.nonce = asked;
      rejects("quote-nonce");
    }
  }

  // Quote: Q01 to Q19.

  private TpmsAttest with(long magic, int type, TpmsAttest.TpmuAttest attested) {
    var old = scenario.attest;
    return new TpmsAttest(
        magic,
        type,
        old.qualifiedSigner(),
        old.extraData(),
        old.clockInfo(),
        old.firmwareVersion(),
        attested);
  }

  @Test
  void rejectsStructureThatNoTpmMade() throws FormatException {
    scenario.attest = with(0xff544348L, TpmsAttest.TPM_ST_ATTEST_QUOTE, scenario.attest.attested());
    rejects("quote-magic");
  }

  @Test
  void rejectsOtherAttestations() throws FormatException {
    for (int type : new int[] {0x8014, 0x8015, 0x8016, 0x8017, 0x8019, 0x801a}) {
      scenario.attest =
          with(
              TpmsAttest.TPM_GENERATED_VALUE,
              type,
              new TpmsAttest.Unparsed(Bytes.fromHex("00000001000b03fffb00")));
      rejects("quote-type", "quote-selection", "quote-pcr-digest");
    }
  }

  @Test
  void rejectsSignatureByAnotherKey() throws FormatException {
    scenario.signingKey = TestAuthority.ecKeys();
    rejects("quote-signature");
  }

  @Test
  void rejectsSignatureOfAnotherScheme() throws FormatException {
    for (var scheme : List.of(TpmAlgId.TPM_ALG_RSASSA, TpmAlgId.TPM_ALG_RSAPSS)) {
      var rsa =
          new TpmtSignature.Rsa(scheme, HashAlgorithm.SHA256, Bytes.fromHex("01".repeat(256)));
      scenario.signature = Optional.of(rsa.encode());
      rejects("quote-scheme", "quote-signature");
    }
  }

  @Test
  void rejectsSha1Signature() throws FormatException {
    scenario.signatureHash = HashAlgorithm.SHA1;
    scenario.requote();
    rejects("quote-scheme", "quote-hash", "quote-signature");
  }

  @Test
  void rejectsSignatureNumbersOutOfRange() throws FormatException {
    var order = Bytes.fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    for (Bytes number : List.of(Bytes.zeros(32), order, Bytes.empty())) {
      var forged = new TpmtSignature.Ecdsa(HashAlgorithm.SHA256, number, number);
      scenario.signature = Optional.of(forged.encode());
      rejects("quote-signature");
    }
  }

  @Test
  void rejectsOtherSelections() throws FormatException {
    var sha256 = Scenario.selection();
    var sha1 = new TpmsPcrSelection(HashAlgorithm.SHA1, Scenario.QUOTED);
    var less = new TpmsPcrSelection(Scenario.BANK, Scenario.QUOTED.subList(0, 13));
    for (List<TpmsPcrSelection> selections :
        List.of(
            List.<TpmsPcrSelection>of(),
            List.of(sha1),
            List.of(less),
            List.of(sha256, sha1),
            List.of(sha256, sha256))) {
      scenario.attest =
          scenario.quote(new TpmlPcrSelection(selections), scenario.digestOf(scenario.claimed));
      rejects("quote-selection");
    }
  }

  @Test
  void rejectsClaimedValueThatIsNotQuoted() throws FormatException {
    var claimed = new TreeMap<>(scenario.claimed);
    claimed.put(12, HashAlgorithm.SHA256.digest(Bytes.utf8("other")));
    scenario.claimed = claimed;
    rejects("quote-pcr-digest", "log-unlogged", "log-replay");
  }

  @Test
  void rejectsClaimsOfMoreOrFewerPcrs() throws FormatException {
    var more = new TreeMap<>(scenario.claimed);
    more.put(16, Digest.zero(Scenario.BANK));
    scenario.claimed = more;
    rejects("quote-pcr-values", "quote-pcr-digest");
    var relabelled = new TreeMap<>(more);
    relabelled.remove(14);
    scenario.claimed = relabelled;
    rejects("quote-pcr-values", "log-replay");
  }

  @Test
  void rejectsClockThatWentBackOrStands() throws FormatException {
    for (var clock :
        List.of(
            new TpmsClockInfo(9000, 2, 0, true),
            new TpmsClockInfo(4999, 3, 0, true),
            new TpmsClockInfo(5000, 3, 0, true))) {
      scenario.last =
          Optional.of(
              DeviceState.of(
                  Scenario.DEVICE, new TpmsClockInfo(5000, 3, 0, true), 41, Scenario.NOW));
      scenario.clock = clock;
      scenario.requote();
      rejects("quote-clock");
    }
    scenario.clock = new TpmsClockInfo(5001, 4, 0, true);
    scenario.requote();
    rejects();
    scenario.clock = new TpmsClockInfo(100, 4, 0, true);
    scenario.requote();
    rejects("quote-clock");
  }

  @Test
  void rejectsUnsafeClockUnlessThePolicyTakesIt() throws FormatException {
    scenario.clock = new TpmsClockInfo(5000, 3, 0, false);
    scenario.requote();
    rejects("quote-safe");
    scenario.policy =
        Policy.parse(Bytes.utf8(Scenario.POLICY.replace("clock: safe", "clock: any")));
    rejects();
  }

  @Test
  void malformedQuoteIsNoVerdict() throws FormatException {
    scenario.signature = Optional.of(Bytes.concat(scenario.ecdsa().encode(), Bytes.zeros(1)));
    var thrown = assertThrows(FormatException.class, scenario::judge);
    assertTrue(thrown.problem().contains("after the end"), thrown.problem());
  }
}
