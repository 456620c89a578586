// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a device asks with, {@code trustme/enrolment-request/1}; nothing in it is trusted.
 *
 * @param ekCertificate DER, as it lies in the TPM's NV memory
 * @param ekPublic TPM2B_PUBLIC of the endorsement key
 * @param akPublic TPM2B_PUBLIC of the key that shall be certified
 */
public record EnrolmentRequest(
    String schema, DeviceId device, Bytes ekCertificate, Bytes ekPublic, Bytes akPublic) {
  public static final String SCHEMA = "trustme/enrolment-request/1";

  public EnrolmentRequest {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  public static EnrolmentRequest parse(Bytes json) throws FormatException {
    return Json.read(json, EnrolmentRequest.class, "enrolment request");
  }

  X509CertificateHolder untrustedCertificate() throws FormatException {
    try {
      return Certificates.parseDer(ekCertificate);
    } catch (FormatException e) {
      throw new FormatException("ek-certificate", e.offset(), e.problem());
    }
  }

  TpmtPublic untrustedEndorsementKey() throws FormatException {
    return key("ek-public", ekPublic);
  }

  TpmtPublic untrustedAttestationKey() throws FormatException {
    return key("ak-public", akPublic);
  }

  private static TpmtPublic key(String field, Bytes area) throws FormatException {
    try {
      return TpmtPublic.parseTpm2b(area);
    } catch (FormatException e) {
      throw new FormatException(field + ": " + e.structure(), e.offset(), e.problem());
    }
  }
}
