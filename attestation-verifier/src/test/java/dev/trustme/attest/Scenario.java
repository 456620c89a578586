// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.ContainerLog;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmEccCurve;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.tpm.TpmtSymDefObject;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A device that is fine in every respect, of which a test changes one. The log is of a real boot
 * (OVMF, systemd-stub); the attestation key is a software key, so that it signs forged structures
 * too, as a key that is not restricted would.
 */
final class Scenario {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final List<Integer> QUOTED = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14);
  static final DeviceId DEVICE = new DeviceId("6e37c0b0-4dd3-4b7f-8f7e-4f3b5f4b1a10");
  static final HashAlgorithm BANK = HashAlgorithm.SHA256;

  final TestAuthority devices = new TestAuthority("Devices");
  final TestAuthority releases = new TestAuthority("Releases");
  final KeyPair ak = TestAuthority.ecKeys();

  Nonce nonce = new Nonce(Bytes.utf8("0123456789abcdef0123456789abcdef"));
  DeviceId device = DEVICE;
  Instant at = NOW;
  Instant releaseUntil = NOW.plusSeconds(86400);
  long sequence = 41;
  Bytes log = realLog();
  SortedMap<Integer, Digest> claimed = quotedValues(realLog());
  TpmsClockInfo clock = new TpmsClockInfo(5000, 3, 0, true);
  NonceAnswer answer =
      new NonceAnswer.Consumed(
          Challenge.of(DEVICE, nonce, NOW.minusSeconds(30), MaxAge.parse("5m")));
  Optional<DeviceState> last = Optional.empty();
  Policy policy = policy("");
  X509CertificateHolder akCertificate =
      devices.leaf(TestAuthority.publicKey(ak), Role.ATTESTATION_KEY, Optional.of(DEVICE.urn()));
  List<X509CertificateHolder> akAuthorities = List.of();
  X509CertificateHolder releaseCertificate =
      releases.leaf(TestAuthority.publicKey(releases.keys), Role.RELEASE, Optional.empty());
  KeyPair signingKey = ak;
  HashAlgorithm signatureHash = BANK;
  TpmsAttest attest = quote(new TpmlPcrSelection(List.of(selection())), digestOf(claimed));
  List<Measurement> predictions = predictions(log);
  Optional<Bytes> signature = Optional.empty();
  List<ContainerEntry> containers = List.of();
  Optional<ContainerLog> started = Optional.empty();
  Optional<Bytes> ima = Optional.empty();
  Optional<ShippedFiles> shipped = Optional.empty();
  Optional<FileSigners> signers = Optional.empty();

  static Bytes realLog() {
    try (var in = Scenario.class.getResourceAsStream("direct-uki-log.bin")) {
      if (in == null) {
        throw new IllegalStateException("no log");
      }
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Policy policy(String extra) {
    try {
      return Policy.parse(Bytes.utf8(POLICY + extra));
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  static final String POLICY =
      """
      schema: trustme/policy/1
      trust:
        releases: {roots: [software-root.pem], threshold: 1}
        devices: {roots: [customer-root.pem]}
      require:
        release: {name: acme-gateway, min-sequence: 41}
        boot: {path: direct-uki, phase: kernel}
        secure-boot: required
        pcrs: {bank: sha256, quoted: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]}
        freshness: {max-age: 5m, clock: safe}
      """;

  static TpmsPcrSelection selection() {
    return new TpmsPcrSelection(BANK, QUOTED);
  }

  static SortedMap<Integer, Digest> quotedValues(Bytes log) {
    try {
      var replayed = Replay.replay(EventLog.parse(log));
      var values = new TreeMap<Integer, Digest>();
      QUOTED.forEach(pcr -> values.put(pcr, replayed.pcr(BANK, pcr)));
      return values;
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Measurement> predictions(Bytes log) {
    try {
      var replayed = Replay.replay(EventLog.parse(log));
      List<Measurement> predictions = new ArrayList<>();
      for (int pcr : Policy.PREDICTED_PCRS) {
        var events =
            replayed.measuredEvents(pcr).stream()
                .map(e ->
                    new Measurement.Event(
                        e.untrustedType().name(), "event", e.digest(BANK).orElseThrow()))
                .toList();
        predictions.add(Measurement.of("direct-uki", "kernel", pcr, BANK, events));
      }
      return predictions;
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  Bytes digestOf(SortedMap<Integer, Digest> values) {
    return signatureHash
        .digest(values.values().stream().map(Digest::value).toArray(Bytes[]::new))
        .value();
  }

  TpmsAttest quote(TpmlPcrSelection selection, Bytes digest) {
    return new TpmsAttest(
        TpmsAttest.TPM_GENERATED_VALUE,
        TpmsAttest.TPM_ST_ATTEST_QUOTE,
        Bytes.fromHex("000b" + "11".repeat(32)),
        nonce.value(),
        clock,
        1,
        new TpmsAttest.TpmsQuoteInfo(selection, digest));
  }

  /** Quotes again what the fields now say. */
  Scenario requote() {
    var selection = TpmsPcrSelection.of(BANK, claimed.keySet());
    attest = quote(new TpmlPcrSelection(List.of(selection)), digestOf(claimed));
    return this;
  }

  /** The device measured this log, and quotes it. */
  Scenario measured(Bytes otherLog) {
    log = otherLog;
    claimed = quotedValues(otherLog);
    return requote();
  }

  TpmtSignature ecdsa() {
    var rs = ASN1Sequence.getInstance(TestAuthority.sign(signingKey, attest.encode()).toArray());
    return new TpmtSignature.Ecdsa(
        signatureHash, number(rs.getObjectAt(0)), number(rs.getObjectAt(1)));
  }

  private static Bytes number(Object asn1) {
    return fixed(((ASN1Integer) asn1).getPositiveValue());
  }

  static Bytes fixed(BigInteger value) {
    Bytes raw = Bytes.concat(Bytes.zeros(32), Bytes.copyOf(value.toByteArray()));
    return raw.slice(raw.size() - 32, raw.size());
  }

  static TpmtPublic publicArea(KeyPair keys) {
    var point = ((ECPublicKey) keys.getPublic()).getW();
    return new TpmtPublic(
        BANK,
        new TpmaObject(0x00050072),
        Bytes.empty(),
        new TpmtPublic.Ecc(
            TpmtSymDefObject.NULL,
            TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, BANK),
            TpmEccCurve.TPM_ECC_NIST_P256,
            TpmtScheme.NULL,
            fixed(point.getAffineX()),
            fixed(point.getAffineY())));
  }

  ReleaseManifest manifest() {
    return ReleaseManifest.of(
        "acme-gateway",
        sequence,
        new ReleaseManifest.Validity(NOW.minusSeconds(86400), releaseUntil),
        new ReleaseManifest.Contents(List.of(), containers, predictions, shipped),
        Map.of());
  }

  DsseEnvelope release() {
    Bytes payload = manifest().encode();
    Bytes signed = DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.RELEASE, payload);
    return new DsseEnvelope(
        DsseEnvelope.RELEASE,
        payload,
        List.of(
            new DsseEnvelope.Signature(
                Optional.empty(),
                TestAuthority.sign(releases.keys, signed),
                List.of(Certificates.der(releaseCertificate)))));
  }

  Evidence evidence() {
    Map<String, String> values =
        claimed.entrySet().stream()
            .collect(Collectors.toMap(e -> e.getKey().toString(), e -> e.getValue().hex()));
    return new Evidence(
        Evidence.SCHEMA,
        device,
        nonce,
        NOW,
        new Evidence.Quote(attest.encode(), signature.orElseGet(() -> ecdsa().encode())),
        Map.of(BANK.label(), values),
        new Evidence.AttestationKey(
            Stream.concat(Stream.of(akCertificate), akAuthorities.stream())
                .map(Certificates::der)
                .toList(),
            publicArea(ak).encodeTpm2b()),
        Optional.empty(),
        new Evidence.Logs(log, ima, started.map(ContainerLog::encode)));
  }

  TrustAnchors anchors() {
    var anchors =
        new TrustAnchors(
            new TrustStore(List.of(releases.certificate)),
            new TrustStore(List.of(devices.certificate)));
    return signers.map(anchors::with).orElse(anchors);
  }

  Verdict<VerifiedDevice> judge() throws FormatException {
    return new EvidenceVerifier(policy, anchors())
        .verify(
            new EvidenceCase(evidence(), release(), Optional.empty(), List.of(), answer, last, at));
  }

  /** The ids of the failed checks, in order. */
  List<String> failures() throws FormatException {
    return judge().failures().stream().map(Check::id).toList();
  }
}
