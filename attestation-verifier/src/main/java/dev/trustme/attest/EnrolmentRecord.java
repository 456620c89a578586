// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.tpm.TpmName;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * What the enrolment authority states about a device, {@code trustme/enrolment/2}; signed as a DSSE
 * payload of type {@link DsseEnvelope#ENROLMENT}.
 *
 * @param tpm as its maker's certificate names it
 * @param ak the key that quotes
 * @param identity the key that the device proves its name with
 * @param firmware what the firmware measured then; absent where the authority did without
 * @param replaces SHA-256 of the record (the payload) that no longer holds
 */
public record EnrolmentRecord(
    String schema,
    DeviceId device,
    Instant enrolled,
    Tpm tpm,
    Key ek,
    Key ak,
    Key identity,
    Optional<FirmwareEvents> firmware,
    Optional<Digest> replaces) {
  public static final String SCHEMA = "trustme/enrolment/2";

  public EnrolmentRecord {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  /** A TPM by its manufacturer ({@code id:} and eight hex digits), model and version. */
  public record Tpm(String manufacturer, String model, String version) {}

  /** A key by the fingerprint of its certificate and the digest of its TPM name. */
  public record Key(Digest certificate, Digest name) {}

  /**
   * The attestation key's qualified name: under the endorsement key, which is a primary key of the
   * endorsement hierarchy. TPM 2.0 Part 1, 16.
   */
  TpmName akQualifiedName() {
    var endorsement = new TpmName(ek.name()).qualifiedUnder(TpmName.ENDORSEMENT);
    return new TpmName(ak.name()).qualifiedUnder(endorsement.encode());
  }

  public static EnrolmentRecord parse(Bytes json) throws FormatException {
    return Json.read(json, EnrolmentRecord.class, "enrolment record");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  /** The record, if a key of the enrolment role under these roots signed it. */
  public static Verdict<EnrolmentRecord> verify(DsseEnvelope envelope, TrustStore roots, Instant at)
      throws FormatException {
    var signed =
        new DsseVerifier(roots, Role.ENROLMENT, 1, at).verify(envelope, DsseEnvelope.ENROLMENT);
    return switch (signed) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> {
        var record = parse(accepted.value().payload());
        yield Verdict.of(accepted.checks(), () -> record);
      }
    };
  }
}
