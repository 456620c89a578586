// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.evidence.EnrolmentRequest.Statement;
import dev.trustme.json.Json;
import dev.trustme.key.SigningKey;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsCertifyInfo;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A device without a TPM, which therefore can say anything: its keys are ours. Every change is made
 * on a copy, and all that depends on it is made anew, so that a request differs in one thing.
 */
final class SoftDevice {
  private static final TpmsClockInfo CLOCK = new TpmsClockInfo(1000, 1, 0, true);

  private DeviceId device;
  private Bytes ekCertificate;
  private TpmtPublic ek;
  private TpmtPublic ak;
  private SigningKey akKey;
  private TpmtPublic identity;
  private SigningKey identityKey;
  private Bytes log;
  private SigningKey certifier;
  private SigningKey prover;
  private List<Integer> quoted = List.of(0, 1, 2, 3, 6);
  private boolean firmware = true;
  private Optional<Bytes> shownLog = Optional.empty();
  private UnaryOperator<TpmsAttest> certification = UnaryOperator.identity();
  private UnaryOperator<TpmsAttest> quote = UnaryOperator.identity();
  private UnaryOperator<Bytes> akArea = UnaryOperator.identity();

  /** A key's public area and the key itself, which a TPM would keep. */
  record Key(TpmtPublic area, SigningKey key) {}

  SoftDevice(DeviceId device, Endorsement endorsement, Key ak, Key identity, Bytes log) {
    this.device = device;
    this.ekCertificate = endorsement.certificate();
    this.ek = endorsement.area();
    this.ak = ak.area();
    this.akKey = ak.key();
    this.certifier = ak.key();
    this.identity = identity.area();
    this.identityKey = identity.key();
    this.prover = identity.key();
    this.log = log;
  }

  /** An endorsement key and its certificate, DER. */
  record Endorsement(Bytes certificate, TpmtPublic area) {}

  private SoftDevice copy() {
    var copy =
        new SoftDevice(
            device,
            new Endorsement(ekCertificate, ek),
            new Key(ak, akKey),
            new Key(identity, identityKey),
            log);
    copy.certifier = certifier;
    copy.prover = prover;
    copy.quoted = quoted;
    copy.firmware = firmware;
    copy.shownLog = shownLog;
    copy.certification = certification;
    copy.quote = quote;
    copy.akArea = akArea;
    return copy;
  }

  SoftDevice withAk(TpmtPublic area, SigningKey key) {
    var copy = copy();
    copy.ak = area;
    copy.akKey = key;
    copy.certifier = key;
    return copy;
  }

  SoftDevice withIdentity(TpmtPublic area, SigningKey key) {
    var copy = copy();
    copy.identity = area;
    copy.identityKey = key;
    copy.prover = key;
    return copy;
  }

  SoftDevice withLog(Bytes measured) {
    var copy = copy();
    copy.log = measured;
    return copy;
  }

  SoftDevice withEk(Bytes certificate, TpmtPublic area) {
    var copy = copy();
    copy.ekCertificate = certificate;
    copy.ek = area;
    return copy;
  }

  SoftDevice withEkCertificate(Bytes certificate) {
    return withEk(certificate, ek);
  }

  SoftDevice withEk(TpmtPublic area) {
    return withEk(ekCertificate, area);
  }

  SoftDevice withAk(TpmtPublic area) {
    return withAk(area, akKey);
  }

  SoftDevice withIdentity(TpmtPublic area) {
    return withIdentity(area, identityKey);
  }

  /** This key signs in the attestation key's place. */
  SoftDevice certifiedBy(SigningKey key) {
    var copy = copy();
    copy.certifier = key;
    return copy;
  }

  /** This key signs in the identity key's place. */
  SoftDevice provedBy(SigningKey key) {
    var copy = copy();
    copy.prover = key;
    return copy;
  }

  SoftDevice certifying(UnaryOperator<TpmsAttest> otherwise) {
    var copy = copy();
    copy.certification = otherwise;
    return copy;
  }

  SoftDevice quoting(UnaryOperator<TpmsAttest> otherwise) {
    var copy = copy();
    copy.quote = otherwise;
    return copy;
  }

  SoftDevice quoting(List<Integer> pcrs) {
    var copy = copy();
    copy.quoted = pcrs;
    return copy;
  }

  SoftDevice withoutFirmware() {
    var copy = copy();
    copy.firmware = false;
    return copy;
  }

  /** Shows another log than the one that was measured. */
  SoftDevice showing(Bytes other) {
    var copy = copy();
    copy.shownLog = Optional.of(other);
    return copy;
  }

  /** Other bytes of the attestation key's public area. */
  SoftDevice withAkArea(UnaryOperator<Bytes> otherwise) {
    var copy = copy();
    copy.akArea = otherwise;
    return copy;
  }

  TpmtPublic ek() {
    return ek;
  }

  TpmtPublic ak() {
    return ak;
  }

  TpmtPublic identity() {
    return identity;
  }

  TpmName ekQualifiedName() {
    return ek.name().qualifiedUnder(TpmName.ENDORSEMENT);
  }

  Bytes request() throws FormatException {
    Bytes shown = shownLog.orElse(log);
    Bytes akPublic = akArea.apply(ak.encodeTpm2b());
    var parts =
        new EnrolmentRequest.Parts(
            ekCertificate,
            ek.encodeTpm2b(),
            akPublic,
            identity.encodeTpm2b(),
            firmware ? Optional.of(shown) : Optional.empty());
    Bytes binding = EnrolmentRequest.binding(device, parts);
    Bytes hash = EnrolmentRequest.hash(binding).value();
    var request =
        new EnrolmentRequest(
            EnrolmentRequest.SCHEMA,
            device,
            new EnrolmentRequest.Endorsement(ekCertificate, List.of(), ek.encodeTpm2b()),
            new EnrolmentRequest.Attestation(akPublic),
            new EnrolmentRequest.Identity(
                identity.encodeTpm2b(),
                statement(certification.apply(certified(hash)), certifier),
                ecdsa(prover.sign(binding)).encode()),
            firmware
                ? Optional.of(
                    new EnrolmentRequest.Firmware(
                        statement(quote.apply(quoted(hash)), akKey), shown))
                : Optional.empty());
    return Json.writePretty(request);
  }

  private TpmsAttest certified(Bytes hash) {
    var info =
        new TpmsCertifyInfo(
            identity.name().encode(),
            identity.name().qualifiedUnder(ekQualifiedName().encode()).encode());
    return attest(TpmsAttest.TPM_ST_ATTEST_CERTIFY, hash, new TpmsAttest.Unparsed(info.encode()));
  }

  private TpmsAttest quoted(Bytes hash) throws FormatException {
    var replayed = Replay.replay(EventLog.parse(log));
    var selection =
        new TpmlPcrSelection(List.of(TpmsPcrSelection.of(HashAlgorithm.SHA256, quoted)));
    Bytes[] values =
        quoted.stream()
            .map(pcr -> replayed.pcr(HashAlgorithm.SHA256, pcr).value())
            .toArray(Bytes[]::new);
    return attest(
        TpmsAttest.TPM_ST_ATTEST_QUOTE,
        hash,
        new TpmsAttest.TpmsQuoteInfo(selection, HashAlgorithm.SHA256.digest(values).value()));
  }

  private TpmsAttest attest(int type, Bytes hash, TpmsAttest.TpmuAttest attested) {
    return new TpmsAttest(
        TpmsAttest.TPM_GENERATED_VALUE,
        type,
        ak.name().qualifiedUnder(ekQualifiedName().encode()).encode(),
        hash,
        CLOCK,
        1,
        attested);
  }

  private static Statement statement(TpmsAttest attest, SigningKey key) throws FormatException {
    return new Statement(attest.encode(), ecdsa(key.sign(attest.encode())).encode());
  }

  /** From DER, SEQUENCE { r INTEGER, s INTEGER } with short lengths. */
  private static TpmtSignature ecdsa(Bytes der) throws FormatException {
    var reader = BinaryReader.bigEndian(der, "ECDSA signature");
    reader.skip(2);
    return new TpmtSignature.Ecdsa(HashAlgorithm.SHA256, number(reader), number(reader));
  }

  private static Bytes number(BinaryReader reader) throws FormatException {
    reader.skip(1);
    Bytes value = reader.bytes(reader.u8());
    Bytes magnitude = value.size() > 32 ? value.slice(1, value.size()) : value;
    return BinaryWriter.bigEndian().zeros(32 - magnitude.size()).bytes(magnitude).toBytes();
  }
}
