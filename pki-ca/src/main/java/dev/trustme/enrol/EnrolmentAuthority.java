// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.issue.Issuer;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.TpmKeys;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certifies activated attestation keys and signs the record of it. */
public final class EnrolmentAuthority {
  private final Issuer issuer;
  private final int years;
  private final DsseSigner recorder;

  /** {@code recorder} signs with the enrolment role; certificates are valid for these years. */
  public EnrolmentAuthority(Issuer issuer, int years, DsseSigner recorder) {
    this.issuer = issuer;
    this.years = years;
    this.recorder = recorder;
  }

  /** The attestation key's certificate, and the signed record of the enrolment. */
  public record Enrolment(X509CertificateHolder certificate, DsseEnvelope record) {}

  /**
   * Enrols the device from {@code at} on, for no longer than the issuer itself is valid.
   *
   * @throws GeneralSecurityException where the authority cannot certify this key now
   */
  public Enrolment enrol(ActivatedKey key, Instant at)
      throws GeneralSecurityException, FormatException {
    var device = key.device();
    var certificate =
        issuer.issue(
            new CertificatePlan(
                new X500NameBuilder().addRDN(BCStyle.CN, device.uuid()).build(),
                TpmKeys.subjectPublicKeyInfo(key.key()),
                issuer.within(Validity.years(at, years)),
                new Kind.EndEntity(
                    List.of(KeyPurposeId.getInstance(Role.ATTESTATION_KEY.usage())),
                    Optional.of(
                        new GeneralName(GeneralName.uniformResourceIdentifier, device.urn())))));
    var request = key.request();
    var record =
        new EnrolmentRecord(
            EnrolmentRecord.SCHEMA,
            device,
            at,
            key.tpm(),
            new EnrolmentRecord.Key(
                HashAlgorithm.SHA256.digest(request.ekCertificate()),
                request.untrustedEndorsementKey().name().digest()),
            new EnrolmentRecord.Key(
                Certificates.fingerprint(certificate), key.key().name().digest()));
    return new Enrolment(certificate, recorder.sign(DsseEnvelope.ENROLMENT, record.encode()));
  }
}
