// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.attest.FirmwareEvents;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the enrolment authority remembers between challenge and answer, {@code
 * trustme/enrolment-pending/2}: which request it verified and what came of it, and only the hash of
 * the secret (256 random bits, so that the hash gives nothing away).
 *
 * @param request SHA-256 of the request's bytes
 * @param secret SHA-256 of the secret
 * @param firmware the events that the quote covers
 * @param exceptions what was allowed beyond the rules
 */
public record PendingEnrolment(
    String schema,
    DeviceId device,
    Instant created,
    Digest request,
    Digest secret,
    EnrolmentRecord.Tpm tpm,
    Optional<FirmwareEvents> firmware,
    Exceptions exceptions) {
  public static final String SCHEMA = "trustme/enrolment-pending/2";

  public PendingEnrolment {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  /** Of this request, which was verified as these bytes. */
  static PendingEnrolment of(
      VerifiedRequest verified, Bytes requestBytes, Bytes secret, Instant at) {
    return new PendingEnrolment(
        SCHEMA,
        verified.device(),
        at,
        HashAlgorithm.SHA256.digest(requestBytes),
        HashAlgorithm.SHA256.digest(secret),
        verified.tpm(),
        verified.firmware(),
        verified.exceptions());
  }

  public static PendingEnrolment parse(Bytes json) throws FormatException {
    return Json.read(json, PendingEnrolment.class, "pending enrolment");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  /** Whether this answers the challenge of this request; the answer proves where the key lives. */
  public Verdict<ActivatedDevice> answer(Bytes requestBytes, Bytes answer) throws FormatException {
    var keys = ClaimedKeys.read(EnrolmentRequest.parse(requestBytes));
    List<Check> checks = new ArrayList<>();
    checks.add(
        same(HashAlgorithm.SHA256.digest(requestBytes), request)
            ? Check.pass("pending-request", request.toString())
            : Check.fail("pending-request", request.toString(), "another request")
                .advise("complete with the request that was challenged last"));
    checks.add(secret(answer, secret));
    return Verdict.of(checks, () -> new ActivatedDevice(keys, this));
  }

  static Check secret(Bytes answer, Digest expected) {
    return same(HashAlgorithm.SHA256.digest(answer), expected)
        ? Check.pass("secret", "as sent")
        : Check.fail("secret", "the secret of the last challenge", "another")
            .advise("give the file that 'trustme device enrol activate -o' wrote");
  }

  private static boolean same(Digest one, Digest other) {
    return one.algorithm() == other.algorithm()
        && MessageDigest.isEqual(one.value().toArray(), other.value().toArray());
  }
}
