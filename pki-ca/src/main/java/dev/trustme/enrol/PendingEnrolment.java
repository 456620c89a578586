// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.json.Json;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the enrolment authority remembers between challenge and answer, {@code
 * trustme/enrolment-pending/1}: which request it verified, and only the hash of the secret (256
 * random bits, so that the hash gives nothing away).
 *
 * @param request SHA-256 of the request's bytes
 * @param secret SHA-256 of the secret
 */
public record PendingEnrolment(
    String schema, DeviceId device, Instant created, Digest request, TpmMaker tpm, Digest secret) {
  public static final String SCHEMA = "trustme/enrolment-pending/1";

  public PendingEnrolment {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  public static PendingEnrolment parse(Bytes json) throws FormatException {
    return Json.read(json, PendingEnrolment.class, "pending enrolment");
  }

  public Bytes encode() {
    return Json.writePretty(this);
  }

  /** Whether this answers the challenge of this request; the answer proves where the key lives. */
  public Verdict<ActivatedKey> answer(Bytes requestBytes, Bytes answer) throws FormatException {
    var request = EnrolmentRequest.parse(requestBytes);
    List<Check> checks = new ArrayList<>();
    Digest seen = HashAlgorithm.SHA256.digest(requestBytes);
    checks.add(
        seen.equals(this.request)
            ? Check.pass("pending-request", seen.toString())
            : Check.fail("pending-request", this.request.toString(), seen.toString())
                .advise("complete with the request that was challenged"));
    byte[] hash = HashAlgorithm.SHA256.digest(answer).value().toArray();
    checks.add(
        MessageDigest.isEqual(hash, secret.value().toArray())
            ? Check.pass("secret", "as sent")
            : Check.fail("secret", "the secret of the challenge", "another")
                .advise("give the file that tpm2_activatecredential -o wrote"));
    var key = request.untrustedAttestationKey();
    return Verdict.of(checks, () -> new ActivatedKey(request, key, tpm));
  }
}
