// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import java.time.Instant;

/**
 * What the enrolment authority states about a device, {@code trustme/enrolment/1}; signed as a DSSE
 * payload of type {@link dev.trustme.artifact.DsseEnvelope#ENROLMENT}.
 */
public record EnrolmentRecord(
    String schema, DeviceId device, Instant enrolled, TpmMaker tpm, Key ek, Key ak) {
  public static final String SCHEMA = "trustme/enrolment/1";

  public EnrolmentRecord {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  /** A key by the fingerprint of its certificate and the digest of its TPM name. */
  public record Key(Digest certificate, Digest name) {}

  public static EnrolmentRecord parse(Bytes json) throws FormatException {
    return Json.read(json, EnrolmentRecord.class, "enrolment record");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }
}
