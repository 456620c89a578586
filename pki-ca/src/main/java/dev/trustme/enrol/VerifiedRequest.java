// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.attest.FirmwareEvents;
import dev.trustme.evidence.DeviceId;
import dev.trustme.tpm.TpmtPublic;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** A request whose every check passed; only {@link RequestVerifier} makes one. */
public final class VerifiedRequest {
  private final ClaimedKeys keys;
  private final EnrolmentRecord.Tpm tpm;
  private final Optional<FirmwareEvents> firmware;
  private final Exceptions exceptions;

  VerifiedRequest(
      ClaimedKeys keys,
      EnrolmentRecord.Tpm tpm,
      Optional<FirmwareEvents> firmware,
      Exceptions exceptions) {
    this.keys = keys;
    this.tpm = tpm;
    this.firmware = firmware;
    this.exceptions = exceptions;
  }

  public DeviceId device() {
    return keys.request().device();
  }

  public EnrolmentRecord.Tpm tpm() {
    return tpm;
  }

  public X509CertificateHolder endorsementCertificate() {
    return keys.certificate();
  }

  public TpmtPublic endorsementKey() {
    return keys.ek();
  }

  public TpmtPublic attestationKey() {
    return keys.ak();
  }

  public TpmtPublic identityKey() {
    return keys.identity();
  }

  /** What the firmware measured, if the authority did not do without. */
  public Optional<FirmwareEvents> firmware() {
    return firmware;
  }

  Exceptions exceptions() {
    return exceptions;
  }
}
