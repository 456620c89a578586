// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmEccCurve;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.tpm.TpmtSymDefObject;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Everybody's keys and certificates around one device, always the same bytes. */
final class SoftKeys {
  static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
  static final DeviceId OTHER = new DeviceId("00000000-0f3a-4c1d-9f27-2c5a0d1e8b44");
  static final TpmtScheme ECDSA = TpmtScheme.of(TpmAlgId.TPM_ALG_ECDSA, HashAlgorithm.SHA256);

  final Identity releases = SeededPki.root(Plan.authority("Vector Releases", 1));
  final Identity releaser = SeededPki.issue(releases, Plan.leaf("Vector Release", 2, Role.RELEASE));
  final Identity devices = SeededPki.root(Plan.authority("Vector Devices", 3));
  final Identity enrolment = SeededPki.root(Plan.authority("Vector Enrolment", 4));
  final Identity recorder =
      SeededPki.issue(enrolment, Plan.leaf("Vector Recorder", 5, Role.ENROLMENT));
  final Identity makers = SeededPki.root(Plan.authority("Vector Makers", 6));
  final Identity ek = SeededPki.issue(makers, endorsement("Vector EK", 7));

  /** An attestation key and its public area. */
  record Ak(SeededKey key, TpmtPublic area) {}

  static Plan endorsement(String name, int serial) {
    return Plan.leaf(name, serial, Role.ENDORSEMENT_KEY)
        .with(Extension.keyUsage, true, Plan.usage(KeyUsage.keyAgreement));
  }

  static Ak ak(String name) {
    var key = SeededKey.p256(name);
    var template = KeyTemplates.attestation(KeyAlgorithm.P256, ECDSA);
    return new Ak(key, with(template, key, ECDSA));
  }

  /** The area with this key and scheme. */
  static TpmtPublic with(TpmtPublic area, SeededKey key, TpmtScheme scheme) {
    Bytes point = Bytes.copyOf(key.info().getPublicKeyData().getBytes());
    return new TpmtPublic(
        area.nameAlg(),
        area.objectAttributes(),
        area.authPolicy(),
        new TpmtPublic.Ecc(
            TpmtSymDefObject.NULL,
            scheme,
            TpmEccCurve.TPM_ECC_NIST_P256,
            TpmtScheme.NULL,
            point.slice(1, 33),
            point.slice(33, 65)));
  }

  Plan akPlan(Ak ak) {
    return Plan.leaf("Vector AK", 8, Role.ATTESTATION_KEY).of(ak.key()).with(names(DEVICE.urn()));
  }

  static Extension names(String uri) {
    return SeededPki.extension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
  }

  List<Bytes> akChain(Ak ak) {
    return chain(SeededPki.issue(devices, akPlan(ak)));
  }

  static List<Bytes> chain(Identity leaf) {
    return List.of(Certificates.der(leaf.certificate()));
  }

  Digest fingerprint(Ak ak) {
    return HashAlgorithm.SHA256.digest(akChain(ak).getFirst());
  }

  /** Nobody checks what the endorsement key's public area was, once it is enrolled. */
  Digest ekName() {
    return HashAlgorithm.SHA256.digest(Certificates.der(ek.certificate()));
  }

  static DsseEnvelope signed(String type, Bytes payload, Identity signer) {
    Bytes covered = DsseEnvelope.preAuthenticationEncoding(type, payload);
    return new DsseEnvelope(
        type,
        payload,
        List.of(
            new DsseEnvelope.Signature(
                Optional.empty(), der(signer.key(), covered), chain(signer))));
  }

  static Bytes der(SeededKey key, Bytes message) {
    var signer = key.signer();
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  static TpmtSignature.Ecdsa ecdsa(SeededKey key, Bytes message) {
    var numbers = ASN1Sequence.getInstance(der(key, message).toArray());
    return new TpmtSignature.Ecdsa(
        HashAlgorithm.SHA256, number(numbers.getObjectAt(0)), number(numbers.getObjectAt(1)));
  }

  private static Bytes number(Object asn1) {
    BigInteger value = ((ASN1Integer) asn1).getPositiveValue();
    Bytes raw = Bytes.concat(Bytes.zeros(32), Bytes.copyOf(value.toByteArray()));
    return raw.slice(raw.size() - 32, raw.size());
  }
}
