// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.identity;

import dev.trustme.attest.FirmwareEvents;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventLog;
import dev.trustme.eventlog.Replay;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.evidence.EnrolmentRequest.Statement;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tss.Attestation;
import dev.trustme.tss.Capabilities;
import dev.trustme.tss.EndorsementKeys.NvCertificate;
import dev.trustme.tss.Secret;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a device's keys in its TPM and asks for their certificates. Both keys are children of the
 * endorsement key: a cleared TPM can't make them again, and their qualified names say where they
 * live.
 */
public final class RequestMaker {
  private final TssContext tss;
  private final KeyPlaces places;

  public RequestMaker(TssContext tss, KeyPlaces places) {
    this.tss = tss;
    this.places = places;
  }

  /**
   * What is asked for.
   *
   * @param ekCertificate DER, where it is not in the TPM
   * @param algorithm of the identity key
   * @param log the firmware's event log
   */
  public record Wish(
      DeviceId device,
      Optional<Bytes> ekCertificate,
      KeyAlgorithm algorithm,
      Optional<Bytes> log) {}

  /** What to do about keys that are at their handles already. */
  public enum Present {
    /** An error. */
    REFUSE,
    /** Ask for certificates of these. */
    USE,
    /** Others take their place. */
    REPLACE
  }

  /** The request; the keys stay in the TPM. */
  public EnrolmentRequest make(Wish wish, Present present) throws IOException, FormatException {
    var inTpm = places.certificate(tss);
    Bytes certificate =
        wish.ekCertificate()
            .or(() -> inTpm)
            .orElseThrow(() ->
                new IOException(
                    "the TPM holds no certificate of an endorsement key of template "
                        + places.endorsement().label()
                        + "; give the maker's as a file"));
    Bytes ek = makeKeys(wish, present);
    try (var ak = tss.keys().persistent(places.ak());
        var identity = tss.keys().persistent(places.identity())) {
      return ask(wish, new Endorsed(certificate, ek), ak, identity);
    }
  }

  private record Endorsed(Bytes certificate, Bytes publicArea) {}

  /** Makes what is missing, and returns the endorsement key's TPM2B_PUBLIC. */
  private Bytes makeKeys(Wish wish, Present present) throws IOException {
    try (var ek = tss.endorsementKeys().create(places.endorsement())) {
      var ak = KeyTemplates.attestation(KeyAlgorithm.P256, ecdsa(HashAlgorithm.SHA256));
      keep(ek, ak, places.ak(), present);
      keep(ek, identityTemplate(wish.algorithm()), places.identity(), present);
      return ek.key().encodeTpm2b();
    }
  }

  private static TpmtPublic identityTemplate(KeyAlgorithm algorithm) {
    return KeyTemplates.identity(
        algorithm,
        switch (algorithm) {
          case P256 -> ecdsa(HashAlgorithm.SHA256);
          case P384 -> ecdsa(HashAlgorithm.SHA384);
          case RSA2048, RSA3072 -> TpmtScheme.NULL; // TLS 1.3 wants PSS, TLS 1.2 PKCS #1.
        });
  }

  private static TpmtScheme ecdsa(HashAlgorithm hash) {
    return TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, hash);
  }

  private void keep(TpmObject ek, TpmtPublic template, long handle, Present present)
      throws IOException {
    if (tss.capabilities().handles(Capabilities.HandleType.PERSISTENT).contains(handle)) {
      switch (present) {
        case USE -> {
          return;
        }
        case REPLACE -> tss.keys().evict(handle);
        case REFUSE ->
            throw new IOException(
                "0x%08x holds a key already; take it with --reuse, or make another with --replace"
                    .formatted(handle));
      }
    }
    var blob = tss.keys().create(ek, template, Secret.none()).blob();
    try (var key = tss.keys().load(ek, blob)) {
      tss.keys().persist(key, handle);
    }
  }

  private EnrolmentRequest ask(Wish wish, Endorsed ek, TpmObject ak, TpmObject identity)
      throws IOException, FormatException {
    Bytes akPublic = ak.key().encodeTpm2b();
    Bytes identityPublic = identity.key().encodeTpm2b();
    Bytes binding =
        EnrolmentRequest.binding(
            wish.device(),
            new EnrolmentRequest.Parts(
                ek.certificate(), ek.publicArea(), akPublic, identityPublic, wish.log()));
    Bytes hash = EnrolmentRequest.hash(binding).value();
    var certified = tss.attestation().certify(identity, ak, hash);
    Optional<EnrolmentRequest.Firmware> firmware = Optional.empty();
    if (wish.log().isPresent()) {
      var quote = tss.attestation().quote(ak, hash, TpmtScheme.NULL, selection(wish.log().get()));
      firmware = Optional.of(new EnrolmentRequest.Firmware(statement(quote), wish.log().get()));
    }
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA,
        wish.device(),
        new EnrolmentRequest.Endorsement(ek.certificate(), chain(), ek.publicArea()),
        new EnrolmentRequest.Attestation(akPublic),
        new EnrolmentRequest.Identity(
            identityPublic, statement(certified), proof(identity, binding)),
        firmware);
  }

  private static Statement statement(Attestation.Statement said) {
    return new Statement(said.attest(), said.signature().encode());
  }

  private List<Bytes> chain() throws IOException {
    return tss.endorsementKeys().chain().stream().map(NvCertificate::der).toList();
  }

  private Bytes proof(TpmObject identity, Bytes binding) throws IOException {
    var scheme = identity.key().key().scheme();
    var hash = scheme.hash().orElse(HashAlgorithm.SHA256);
    var signing =
        scheme.scheme() == TpmAlgId.TPM_ALG_NULL
            ? TpmtScheme.of(
                identity.key().key() instanceof TpmtPublic.Ecc
                    ? TpmAlgId.TPM_ALG_ECDSA
                    : TpmAlgId.TPM_ALG_RSASSA,
                hash)
            : TpmtScheme.NULL;
    return tss.keys().sign(identity, hash.digest(binding), signing).encode();
  }

  /** The firmware's PCRs in every bank that the log and the TPM have, but for SHA-1. */
  private TpmlPcrSelection selection(Bytes log) throws IOException, FormatException {
    Set<HashAlgorithm> banks = new TreeSet<>(Replay.replay(EventLog.parse(log)).banks());
    banks.retainAll(tss.activeBanks(0));
    banks.remove(HashAlgorithm.SHA1);
    if (banks.isEmpty()) {
      throw new IOException("log and TPM have no bank in common but SHA-1's");
    }
    return new TpmlPcrSelection(
        banks.stream().map(bank -> TpmsPcrSelection.of(bank, FirmwareEvents.PCRS)).toList());
  }
}
