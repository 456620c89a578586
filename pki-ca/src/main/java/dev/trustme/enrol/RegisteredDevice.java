// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.RevocationReason;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What the register holds of one device, {@code trustme/registered-device/1}.
 *
 * @param enrolments the last one counts; those before it were replaced, and are revoked
 */
public record RegisteredDevice(String schema, DeviceId device, List<Enrolment> enrolments) {
  public static final String SCHEMA = "trustme/registered-device/1";

  public RegisteredDevice {
    enrolments = List.copyOf(enrolments);
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
    if (enrolments.isEmpty()) {
      throw new IllegalArgumentException("enrolments: expected at least one");
    }
    if (enrolments.subList(0, enrolments.size() - 1).stream().anyMatch(Enrolment::active)) {
      throw new IllegalArgumentException("enrolments: only the last one may be active");
    }
  }

  /**
   * One enrolment.
   *
   * @param request SHA-256 of the request's bytes
   * @param secret SHA-256 of the secret that its TPM opened
   * @param ek SHA-256 of the endorsement key's SubjectPublicKeyInfo
   * @param record SHA-256 of the signed record's payload
   * @param ak the attestation key's certificate, DER
   * @param identity the identity key's certificate, DER
   */
  public record Enrolment(
      Instant enrolled,
      Digest request,
      Digest secret,
      EnrolmentRecord.Tpm tpm,
      Digest ek,
      Digest record,
      Bytes ak,
      Bytes identity,
      Optional<Revoked> revoked) {
    public boolean active() {
      return revoked.isEmpty();
    }

    /** The attestation key's certificate, then the identity key's. */
    public List<X509CertificateHolder> certificates() throws FormatException {
      return List.of(Certificates.parseDer(ak), Certificates.parseDer(identity));
    }

    Enrolment revoked(Revoked why) {
      return new Enrolment(
          enrolled, request, secret, tpm, ek, record, ak, identity, Optional.of(why));
    }
  }

  /** Since when, and why, an enrolment does not count. */
  public record Revoked(Instant at, RevocationReason reason) {}

  public static RegisteredDevice parse(Bytes json) throws FormatException {
    return Json.read(json, RegisteredDevice.class, "registered device");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  static RegisteredDevice of(DeviceId device, Enrolment first) {
    return new RegisteredDevice(SCHEMA, device, List.of(first));
  }

  public Enrolment current() {
    return enrolments.getLast();
  }

  /** The same with its current enrolment revoked; one that is revoked stays as it is. */
  RegisteredDevice revoked(Revoked why) {
    if (!current().active()) {
      return this;
    }
    List<Enrolment> changed = new ArrayList<>(enrolments);
    changed.set(changed.size() - 1, current().revoked(why));
    return new RegisteredDevice(schema, device, changed);
  }

  /** The same with another enrolment, which counts from now on. */
  RegisteredDevice with(Enrolment next) {
    List<Enrolment> changed = new ArrayList<>(enrolments);
    changed.add(next);
    return new RegisteredDevice(schema, device, changed);
  }
}
