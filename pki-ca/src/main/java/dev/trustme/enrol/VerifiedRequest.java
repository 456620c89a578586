// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.tpm.TpmtPublic;
import org.bouncycastle.cert.X509CertificateHolder;

/** A request whose every check passed; only {@link RequestVerifier} makes one. */
public final class VerifiedRequest {
  private final EnrolmentRequest request;
  private final X509CertificateHolder endorsementCertificate;
  private final TpmtPublic endorsementKey;
  private final TpmtPublic attestationKey;
  private final TpmMaker maker;

  VerifiedRequest(
      EnrolmentRequest request,
      X509CertificateHolder endorsementCertificate,
      TpmtPublic endorsementKey,
      TpmtPublic attestationKey,
      TpmMaker maker) {
    this.request = request;
    this.endorsementCertificate = endorsementCertificate;
    this.endorsementKey = endorsementKey;
    this.attestationKey = attestationKey;
    this.maker = maker;
  }

  public EnrolmentRequest request() {
    return request;
  }

  public X509CertificateHolder endorsementCertificate() {
    return endorsementCertificate;
  }

  public TpmtPublic endorsementKey() {
    return endorsementKey;
  }

  public TpmtPublic attestationKey() {
    return attestationKey;
  }

  public TpmMaker maker() {
    return maker;
  }
}
