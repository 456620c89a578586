// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.Issuer;
import dev.trustme.issue.ProfilePlans;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.profile.NameKind;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Template;
import dev.trustme.profile.Use;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TpmKeys;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certifies the keys of activated devices and signs the record of it. */
public final class EnrolmentAuthority {
  private static final String ACTION = "enrol";

  private final ProfilePlans plans;
  private final Office attestation;
  private final Office identity;
  private final DsseSigner recorder;

  /** {@code recorder} signs with the enrolment role. */
  public EnrolmentAuthority(
      ProfilePlans plans, Office attestation, Office identity, DsseSigner recorder) {
    this.plans = plans;
    this.attestation = attestation;
    this.identity = identity;
    this.recorder = recorder;
  }

  /** The authority that issues one kind of certificate, its key, and what they look like. */
  public static final class Office {
    private final X509CertificateHolder authority;
    private final Issuer issuer;
    private final Template template;

    /** The caller closes the key. */
    public Office(X509CertificateHolder authority, SigningKey key, Template template) {
      this.authority = authority;
      this.issuer = Issuer.of(authority, key);
      this.template = template;
    }

    private SigningLog.Event event(X509CertificateHolder issued) {
      return SigningLog.Event.issued(ACTION, issued, authority.getSubjectPublicKeyInfo());
    }
  }

  /** The template of attestation keys' certificates: all that is certified there has passed. */
  public static Template attestationTemplate(Profile.Enrolment plan) {
    return new Template(
        plan.issuer(),
        plan.years(),
        List.of(Use.ATTESTATION_KEY),
        List.of(KeyType.values()),
        List.of(NameKind.URI),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The certificates of both keys, and the signed record of the enrolment.
   *
   * @param events what was signed, for the log
   */
  public record Enrolment(
      X509CertificateHolder ak,
      X509CertificateHolder identity,
      DsseEnvelope record,
      List<SigningLog.Event> events) {
    public Enrolment {
      events = List.copyOf(events);
    }
  }

  /**
   * Enrols the device from {@code at} on, for no longer than the issuers themselves are valid.
   *
   * @param replaces SHA-256 of the record that shall hold no more
   * @throws GeneralSecurityException where an authority cannot certify these keys now
   */
  public Enrolment enrol(ActivatedDevice activated, Instant at, Optional<Digest> replaces)
      throws GeneralSecurityException, FormatException {
    var tpm = activated.pending().tpm();
    var device = activated.device();
    var ak =
        issue(
            attestation,
            activated.attestationKey(),
            at,
            device,
            List.of(uri(device.urn()), EndorsementCertificate.alternativeName(tpm)));
    var own =
        issue(identity, activated.identityKey(), at, device, List.of(uri("UUID:" + device.uuid())));
    var keys = activated.keys();
    var record =
        new EnrolmentRecord(
            EnrolmentRecord.SCHEMA,
            device,
            at,
            tpm,
            key(keys.certificate(), keys.ek()),
            key(ak, keys.ak()),
            key(own, keys.identity()),
            activated.pending().firmware(),
            replaces);
    var signed = recorder.sign(DsseEnvelope.ENROLMENT, record.encode());
    return new Enrolment(
        ak,
        own,
        signed,
        List.of(attestation.event(ak), identity.event(own), event(device, signed)));
  }

  private static SigningLog.Event event(DeviceId device, DsseEnvelope record)
      throws FormatException {
    var signer = record.signatures().getFirst().untrustedChain().getFirst();
    return SigningLog.Event.signed(
        ACTION, device.toString(), signer, HashAlgorithm.SHA256.digest(record.payload()));
  }

  private static EnrolmentRecord.Key key(X509CertificateHolder certificate, TpmtPublic area) {
    return new EnrolmentRecord.Key(Certificates.fingerprint(certificate), area.name().digest());
  }

  private static GeneralName uri(String value) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, value);
  }

  private X509CertificateHolder issue(
      Office office, TpmtPublic key, Instant at, DeviceId device, List<GeneralName> names)
      throws GeneralSecurityException {
    var plan =
        plans.template(
            office.template, device.uuid(), TpmKeys.subjectPublicKeyInfo(key), names, at);
    return office.issuer.issue(
        new CertificatePlan(
            plan.subject(),
            plan.publicKey(),
            office.issuer.within(plan.validity()),
            plan.kind(),
            plan.extensions()));
  }
}
