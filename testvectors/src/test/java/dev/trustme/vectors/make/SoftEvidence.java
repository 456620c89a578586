// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.DeviceState;
import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.attest.FirmwareEvents;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.ContainerLog;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.eventlog.ReplayedLog;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.ima.TestImaLog;
import dev.trustme.json.Json;
import dev.trustme.release.ContainerEntry;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.make.SeededPki.Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A device that can quote anything, as its keys are ours; what it shows is right until a field is
 * changed. {@link #with} changes a copy, and all that depends on the field is made anew.
 */
final class SoftEvidence {
  static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
  static final int IMA = 10;
  static final int CONTAINERS = 13;
  static final HashAlgorithm BANK = HashAlgorithm.SHA256;
  static final List<Integer> QUOTED = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14);
  static final Nonce NONCE = new Nonce(HashAlgorithm.SHA256.digest(Bytes.utf8("nonce")).value());

  DeviceId device = SoftKeys.DEVICE;
  Nonce nonce = NONCE;
  Optional<Bytes> quotedNonce = Optional.empty();
  LogBuilder log;
  Optional<Bytes> shownLog = Optional.empty();
  Optional<ContainerLog> containers = Optional.empty();
  Optional<Bytes> shownContainers = Optional.empty();
  Optional<TestImaLog> ima = Optional.empty();
  Optional<Bytes> shownIma = Optional.empty();
  boolean hidesIma;
  SoftKeys keys = new SoftKeys();
  SoftKeys.Ak ak = SoftKeys.ak("attestation key");
  TpmtPublic shownArea = ak.area();
  List<Bytes> akChain = keys.akChain(ak);
  Identity ekCertificate = keys.ek;
  DeviceId recorded = SoftKeys.DEVICE;
  Instant enrolled = AT.minusSeconds(86400);
  TpmName recordedAk = ak.area().name();
  Digest recordedAkCertificate = keys.fingerprint(ak);
  Digest recordedEk = keys.ekName();
  Identity recorder = keys.recorder;
  boolean record = true;
  UnaryOperator<EnrolmentRecord> recordEdit = UnaryOperator.identity();
  TpmsClockInfo clock = new TpmsClockInfo(5000, 3, 0, true);
  long firmwareVersion = 0x0007_0002_0000_0000L;
  List<TpmsPcrSelection> selection = List.of(TpmsPcrSelection.of(BANK, QUOTED));
  UnaryOperator<TpmsAttest> quoteEdit = UnaryOperator.identity();
  UnaryOperator<Bytes> signedEdit = UnaryOperator.identity();
  UnaryOperator<Bytes> signatureEdit = UnaryOperator.identity();
  UnaryOperator<SortedMap<Integer, Digest>> claimEdit = UnaryOperator.identity();
  SeededKey quoter = ak.key();
  Optional<UnaryOperator<Bytes>> signing = Optional.empty();
  Optional<Evidence.Clock> readClock = Optional.empty();
  Optional<Bytes> userspace = Optional.empty();
  UnaryOperator<SortedMap<Integer, Digest>> measuredLater = UnaryOperator.identity();
  UnaryOperator<Bytes> ekStored = UnaryOperator.identity();
  HashAlgorithm pcrHash = HashAlgorithm.SHA256;

  SoftEvidence(LogBuilder log) {
    this.log = log;
  }

  /** A copy with something changed. */
  SoftEvidence with(Consumer<SoftEvidence> change) {
    var copy = new SoftEvidence(log);
    copy.device = device;
    copy.nonce = nonce;
    copy.quotedNonce = quotedNonce;
    copy.shownLog = shownLog;
    copy.containers = containers;
    copy.shownContainers = shownContainers;
    copy.ima = ima;
    copy.shownIma = shownIma;
    copy.hidesIma = hidesIma;
    copy.keys = keys;
    copy.ak = ak;
    copy.shownArea = shownArea;
    copy.akChain = akChain;
    copy.ekCertificate = ekCertificate;
    copy.enrolled(this);
    copy.clock = clock;
    copy.firmwareVersion = firmwareVersion;
    copy.selection = selection;
    copy.quoteEdit = quoteEdit;
    copy.signedEdit = signedEdit;
    copy.signatureEdit = signatureEdit;
    copy.claimEdit = claimEdit;
    copy.quoter = quoter;
    copy.signing = signing;
    copy.readClock = readClock;
    copy.userspace = userspace;
    copy.measuredLater = measuredLater;
    copy.ekStored = ekStored;
    copy.pcrHash = pcrHash;
    change.accept(copy);
    return copy;
  }

  private void enrolled(SoftEvidence other) {
    recorded = other.recorded;
    enrolled = other.enrolled;
    recordedAk = other.recordedAk;
    recordedAkCertificate = other.recordedAkCertificate;
    recordedEk = other.recordedEk;
    recorder = other.recorder;
    record = other.record;
    recordEdit = other.recordEdit;
  }

  private ReplayedLog replayed() throws FormatException {
    return Replay.replay(EventLog.parse(log.build()));
  }

  SortedMap<Integer, Digest> values() throws FormatException {
    var replayed = replayed();
    var values = new TreeMap<Integer, Digest>();
    selection.stream()
        .findFirst()
        .map(TpmsPcrSelection::pcrs)
        .filter(p -> p.contains(15))
        .ifPresent(p -> values.put(15, replayed.pcr(BANK, 15)));
    QUOTED.forEach(pcr -> values.put(pcr, replayed.pcr(BANK, pcr)));
    containers.ifPresent(measured -> values.put(CONTAINERS, measured.replay(BANK)));
    ima.ifPresent(measured -> values.put(IMA, measured.sha256()));
    return values;
  }

  Bytes evidence() throws FormatException {
    var values = measuredLater.apply(values());
    Bytes[] concatenated = values.values().stream().map(Digest::value).toArray(Bytes[]::new);
    var attest =
        quoteEdit.apply(
            new TpmsAttest(
                TpmsAttest.TPM_GENERATED_VALUE,
                TpmsAttest.TPM_ST_ATTEST_QUOTE,
                ak.area().name().qualifiedUnder(ekQualifiedName().encode()).encode(),
                quotedNonce.orElse(nonce.value()),
                clock,
                firmwareVersion,
                new TpmsAttest.TpmsQuoteInfo(
                    new TpmlPcrSelection(selection), pcrHash.digest(concatenated).value())));
    Bytes signed = signedEdit.apply(attest.encode());
    Bytes signature =
        signatureEdit.apply(signing.map(s -> s.apply(signed)).orElseGet(() -> ecdsa(signed)));
    Map<String, String> claims = new TreeMap<>();
    claimEdit
        .apply(values)
        .forEach((pcr, value) -> claims.put(pcr.toString(), value.value().hex()));
    return Json.writePretty(
        new Evidence(
            Evidence.SCHEMA,
            device,
            nonce,
            AT,
            new Evidence.Quote(signed, signature),
            Map.of(BANK.label(), claims),
            new Evidence.AttestationKey(akChain, shownArea.encodeTpm2b()),
            record
                ? Optional.of(
                    new Evidence.Enrolment(
                        enrolment().encode(),
                        List.of(ekStored.apply(Certificates.der(ekCertificate.certificate())))))
                : Optional.empty(),
            readClock,
            new Evidence.Logs(
                shownLog.orElseGet(log::build),
                shownIma.or(() -> ima.map(TestImaLog::binary)).filter(log -> !hidesIma),
                userspace,
                shownContainers.or(() -> containers.map(ContainerLog::encode)))));
  }

  private Bytes ecdsa(Bytes signed) {
    return SoftKeys.ecdsa(quoter, signed).encode();
  }

  TpmName ekQualifiedName() {
    return new TpmName(keys.ekName()).qualifiedUnder(TpmName.ENDORSEMENT);
  }

  /** The record as it is signed at enrolment, of the firmware that the device has now. */
  DsseEnvelope enrolment() throws FormatException {
    var zero = Digest.zero(BANK);
    var content =
        recordEdit.apply(
            new EnrolmentRecord(
                EnrolmentRecord.SCHEMA,
                recorded,
                enrolled,
                new EnrolmentRecord.Tpm("id:54455354", "vector", "id:00010002"),
                new EnrolmentRecord.Key(
                    Certificates.fingerprint(keys.ek.certificate()), recordedEk),
                new EnrolmentRecord.Key(recordedAkCertificate, recordedAk.digest()),
                new EnrolmentRecord.Key(zero, zero),
                Optional.of(FirmwareEvents.of(replayed(), List.of(BANK))),
                Optional.empty()));
    return SoftKeys.signed(DsseEnvelope.ENROLMENT, content.encode(), recorder);
  }

  /** A release that predicts what the device measured. */
  Bytes release(String path, Integer... pcrs) throws FormatException {
    return release(List.of(), path, pcrs);
  }

  Bytes release(List<ContainerEntry> shipped, String path, Integer... pcrs) throws FormatException {
    return release(
        new ReleaseManifest.Contents(
            List.of(), shipped, predictions(path, "kernel", Map.of(), pcrs)));
  }

  /** A release that predicts a later phase, with what is measured until then. */
  Bytes release(
      String path, String phase, Map<Integer, List<Measurement.Event>> later, Integer... pcrs)
      throws FormatException {
    return release(
        new ReleaseManifest.Contents(List.of(), List.of(), predictions(path, phase, later, pcrs)));
  }

  /** A release of these parts. */
  Bytes release(ReleaseManifest.Contents contents) {
    var manifest =
        ReleaseManifest.of(
            "vector-gateway",
            41,
            new ReleaseManifest.Validity(AT.minusSeconds(86400), AT.plusSeconds(864000)),
            contents,
            Map.of());
    return SoftKeys.signed(DsseEnvelope.RELEASE, manifest.encode(), keys.releaser).encode();
  }

  List<Measurement> predictions(String path, Integer... pcrs) throws FormatException {
    return predictions(path, "kernel", Map.of(), pcrs);
  }

  private List<Measurement> predictions(
      String path, String phase, Map<Integer, List<Measurement.Event>> later, Integer... pcrs)
      throws FormatException {
    var replayed = replayed();
    List<Measurement> predictions = new ArrayList<>();
    for (int pcr : pcrs) {
      List<Measurement.Event> events = new ArrayList<>();
      for (var e : replayed.measuredEvents(pcr)) {
        events.add(
            new Measurement.Event(e.untrustedType().name(), "event", e.digest(BANK).orElseThrow()));
      }
      events.addAll(later.getOrDefault(pcr, List.of()));
      predictions.add(Measurement.of(path, phase, pcr, BANK, events));
    }
    return predictions;
  }

  /** What a verifier keeps of a device that it accepted. */
  static Bytes state(long clock, long resets, long restarts, Digest endorsement) {
    return Json.writePretty(
        new DeviceState(
            DeviceState.SCHEMA,
            SoftKeys.DEVICE,
            resets,
            restarts,
            clock,
            41,
            AT.minusSeconds(3600),
            Optional.of(endorsement)));
  }
}
