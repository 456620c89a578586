// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one part of a judgement may, and may not, make of another. */
class JudgementTest {
  private final Scenario scenario = new Scenario();

  private void rejects(String... ids) throws FormatException {
    assertEquals(List.of(ids), scenario.failures());
  }

  private Check check(EvidenceCheck check) throws FormatException {
    return scenario.judge().checks().stream()
        .filter(c -> c.id().equals(check.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsToleratedIsThatAndNothingElse() throws FormatException {
    scenario.policy = Scenario.policy("tolerate: [quote-safe]\n");
    scenario.clock = new TpmsClockInfo(5000, 3, 0, false);
    scenario.requote();
    rejects();
    assertEquals(Check.Result.WARN, check(EvidenceCheck.QUOTE_SAFE).result());
    scenario.sequence = 40;
    rejects("release-sequence");
  }

  /** Columns: what is said now, and whether it comes after reset 3, restart 2, 5000 ms. */
  @ParameterizedTest
  @CsvSource({
    "5001, 3, 2, true, true",
    "5000, 3, 2, true, false",
    "5000, 4, 2, true, false",
    "5001, 4, 0, true, true",
    "100, 4, 0, false, true",
    "5001, 3, 2, false, true",
    "5000, 3, 2, false, false",
    "4999, 3, 2, false, false",
    "6000, 3, 1, false, false",
    "100, 3, 3, false, true",
    "6000, 2, 9, false, false"
  })
  void countersGoOn(long clock, long resets, long restarts, boolean safe, boolean after) {
    var last =
        DeviceState.of(Scenario.DEVICE, new TpmsClockInfo(5000, 3, 2, true), 41, Scenario.NOW);
    assertEquals(after, last.before(new TpmsClockInfo(clock, resets, restarts, safe)));
  }

  @Test
  void aWarningOfAPathIsOneOfTheJudgement() {
    var check = EvidenceCheck.AK_CERTIFICATE;
    var warning = Check.warn("revocation-stale", "a current list", "an old one");
    var accepted = check.of(Verdict.of(List.of(warning), () -> 1), "CN=leaf");
    assertEquals(Check.Result.WARN, accepted.result());
    assertEquals("an old one (revocation-stale)", accepted.seen());
    assertEquals("a current list", accepted.expected());
    var rejected = check.of(new Verdict.Rejected<>(List.of(warning)), "CN=leaf");
    assertEquals(Check.Result.FAIL, rejected.result());
    var good = check.of(Verdict.of(List.of(Check.pass("a", "b")), () -> 1), "CN=leaf");
    assertEquals(Check.Result.PASS, good.result());
    assertEquals("CN=leaf", good.seen());
  }

  @Test
  void everyCheckHasAMeaning() {
    for (var check : EvidenceCheck.values()) {
      assertEquals(true, check.meaning().length() > 10, check.id());
    }
  }

  @Test
  void predictionsOfAnotherBankDoNotCount() throws FormatException {
    List<Measurement> others = new ArrayList<>();
    for (var prediction : scenario.predictions) {
      var events =
          prediction.events().stream()
              .map(e ->
                  new Measurement.Event(
                      e.type(), e.name(), HashAlgorithm.SHA384.digest(e.digest().value())))
              .toList();
      others.add(
          Measurement.of("direct-uki", "kernel", prediction.pcr(), HashAlgorithm.SHA384, events));
    }
    var ours = scenario.predictions;
    scenario.predictions = new ArrayList<>(others);
    scenario.predictions.addAll(ours);
    rejects();
    scenario.predictions = others;
    rejects("release-boot", "pcr-4", "pcr-7", "pcr-9", "pcr-11");
  }

  @Test
  void aPredictionThatGoesOnIsNotMet() throws FormatException {
    var last = scenario.predictions.getLast();
    List<Measurement.Event> more = new ArrayList<>(last.events());
    more.add(new Measurement.Event("EV_IPL", "later", HashAlgorithm.SHA256.digest(Bytes.empty())));
    scenario.predictions = new ArrayList<>(scenario.predictions);
    scenario.predictions.set(
        scenario.predictions.size() - 1,
        Measurement.of("direct-uki", "kernel", 11, Scenario.BANK, more));
    rejects("pcr-11");
    var check = check(EvidenceCheck.ofPcr(11));
    assertEquals("the log ends before it", check.seen());
    assertEquals("PCR 11, event 9 of 9", check.where());
  }

  @Test
  void releaseChecksSayWhatTheySaw() throws FormatException {
    assertEquals("trusted signers: 1", check(EvidenceCheck.RELEASE_SIGNATURE).seen());
    assertEquals("41", check(EvidenceCheck.RELEASE_SEQUENCE).seen());
  }

  @Test
  void aPcrThatIsNotQuotedIsNotAsked() throws FormatException {
    scenario.policy = Policy.parse(Bytes.utf8(Scenario.POLICY.replace(", 13, 14]", ", 13]")));
    assertEquals(Check.Result.NOT_APPLICABLE, check(EvidenceCheck.ofPcr(14)).result());
    scenario.policy =
        Policy.parse(Bytes.utf8(Scenario.POLICY.replace("[0, 1, 2,", "[0, 1,") + ROMS));
    assertEquals("it is not quoted", check(EvidenceCheck.OPTION_ROMS).seen());
  }

  private static final String ROMS = "  option-roms: none\n";

  /** A certificate may have other URIs, as long as one names a device. */
  @Test
  void otherUrisNameNoDevice() throws FormatException {
    String urn = Scenario.DEVICE.urn();
    scenario.akCertificate = named("https://example.com/", urn);
    rejects();
    scenario.akCertificate = named(urn, "urn:uuid:00000000-4dd3-4b7f-8f7e-4f3b5f4b1a10");
    rejects("ak-device", "quote-scheme", "quote-signature");
  }

  private X509CertificateHolder named(String... uris) {
    var names = new GeneralName[uris.length];
    for (int i = 0; i < uris.length; i++) {
      names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, uris[i]);
    }
    var like =
        scenario.devices.leaf(
            TestAuthority.publicKey(scenario.ak), Role.ATTESTATION_KEY, Optional.of("urn:x:y"));
    try {
      var signer =
          new JcaContentSignerBuilder("SHA256withECDSA").build(scenario.devices.keys.getPrivate());
      return new X509v3CertificateBuilder(like)
          .replaceExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
          .build(signer);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
