// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSymDefObject;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attestation keys of RSA: two schemes that are not one, and keys that others can use. */
final class RsaAttacks {
  private static final TpmAlgId SSA = TpmAlgId.TPM_ALG_RSASSA;
  private static final TpmAlgId PSS = TpmAlgId.TPM_ALG_RSAPSS;

  private final AttackVectors all;
  private final SeededRsa strong = SeededRsa.of("strong", 2048, 65537);

  RsaAttacks(AttackVectors all) {
    this.all = all;
  }

  void make() throws IOException, FormatException {
    Bytes policy = Bytes.utf8(AttackVectors.POLICY.replace("[ecdsa]", "[rsassa, rsapss]"));
    var ssa = device(strong, SSA);
    var good = good("good-rsassa", "an attestation key for RSASSA", policy, ssa);
    reject(
        good,
        "q11a-said-to-be-pss",
        "the signature of RSASSA is said to be RSAPSS",
        ssa.with(e -> e.signing = Optional.of(m -> strong.sign(SSA, PSS, m))),
        "quote-scheme");
    reject(
        good,
        "q11b-padded-as-pss",
        "the signature is RSAPSS and said to be RSASSA",
        ssa.with(e -> e.signing = Optional.of(m -> strong.sign(PSS, SSA, m))),
        "quote-signature");
    var pss = device(strong, PSS);
    var goodPss = good("good-rsapss", "an attestation key for RSAPSS", policy, pss);
    reject(
        goodPss,
        "q11c-signed-as-ssa",
        "the key for RSAPSS signed with RSASSA",
        pss.with(e -> e.signing = Optional.of(m -> strong.sign(SSA, SSA, m))),
        "quote-scheme");
    reject(
        goodPss,
        "q11d-padded-as-ssa",
        "the signature is RSASSA and said to be RSAPSS",
        pss.with(e -> e.signing = Optional.of(m -> strong.sign(SSA, PSS, m))),
        "quote-signature");
    weak(good);
    endorsement();
  }

  private Vector good(String id, String comment, Bytes policy, SoftEvidence device)
      throws IOException, FormatException {
    return all.maker.acceptFiles(
        all.good, id, comment, Map.of("policy", policy, "evidence", device.evidence()));
  }

  private void reject(Vector twin, String id, String comment, SoftEvidence shown, String check)
      throws IOException, FormatException {
    all.maker.reject(twin, id, comment, "evidence", shown.evidence(), check);
  }

  private void weak(Vector good) throws IOException, FormatException {
    var one = SeededRsa.of("one", 2048, 1);
    var three = SeededRsa.of("three", 2048, 3);
    var shorter = SeededRsa.of("short", 1024, 65537);
    var factorable = SeededRsa.factorable("factorable");
    weak(good, "q21a-exponent-1", "a key with the exponent 1", one, "ak-certificate");
    weak(good, "q21b-exponent-3", "a key with the exponent 3", three, "ak-strength");
    weak(good, "q21c-1024-bits", "a key of 1024 bits", shorter, "ak-certificate");
    weak(good, "q21d-factorable", "a key that can be factored", factorable, "ak-certificate");
    recorded(good, "q21e-recorded-exponent-1", "the exponent 1", one);
    recorded(good, "q21f-recorded-1024-bits", "1024 bits", shorter);
    recorded(good, "q21g-recorded-factorable", "a modulus that can be factored", factorable);
  }

  private void weak(Vector good, String id, String comment, SeededRsa key, String check)
      throws IOException, FormatException {
    reject(good, id, comment + ", certified", device(key, SSA), check);
  }

  private void recorded(Vector good, String id, String comment, SeededRsa key)
      throws IOException, FormatException {
    reject(
        good,
        id,
        "a key with %s, recorded and without a certificate".formatted(comment),
        device(key, SSA).with(e -> e.akChain = List.of()),
        "ak-strength");
  }

  private void endorsement() throws IOException, FormatException {
    var keys = all.device.keys;
    var certificate =
        SeededPki.issue(
            keys.makers,
            SoftKeys.endorsement("Vector EK", 41).of(SeededRsa.factorable("endorsement").info()));
    all.attack(
        "q21h-factorable-endorsement-key",
        "the endorsement key can be factored",
        e -> {
          e.ekCertificate = certificate;
          e.recordEdit =
              r ->
                  new EnrolmentRecord(
                      r.schema(),
                      r.device(),
                      r.enrolled(),
                      r.tpm(),
                      new EnrolmentRecord.Key(
                          Certificates.fingerprint(certificate.certificate()), r.ek().name()),
                      r.ak(),
                      r.identity(),
                      r.firmware(),
                      r.replaces());
        },
        "ek-certificate");
  }

  /** The device with this attestation key, certified and recorded. */
  private SoftEvidence device(SeededRsa key, TpmAlgId scheme) {
    return all.device.with(e -> {
      var area = area(e.ak.area(), key, scheme);
      var certificate = SeededPki.issue(e.keys.devices, e.keys.akPlan(e.ak).of(key.info()));
      e.ak = new SoftKeys.Ak(e.ak.key(), area);
      e.shownArea = area;
      e.recordedAk = area.name();
      e.akChain = SoftKeys.chain(certificate);
      e.recordedAkCertificate = Certificates.fingerprint(certificate.certificate());
      e.signing = Optional.of(m -> key.sign(scheme, scheme, m));
    });
  }

  private static TpmtPublic area(TpmtPublic like, SeededRsa key, TpmAlgId scheme) {
    return new TpmtPublic(
        like.nameAlg(),
        like.objectAttributes(),
        like.authPolicy(),
        new TpmtPublic.Rsa(
            TpmtSymDefObject.NULL,
            TpmtScheme.of(scheme, HashAlgorithm.SHA256),
            key.modulus().bitLength(),
            key.exponent().longValueExact() == 65537 ? 0 : key.exponent().longValueExact(),
            key.unique()));
  }
}
