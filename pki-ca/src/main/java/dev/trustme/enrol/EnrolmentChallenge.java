// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.tpm.CredentialBlob;
import dev.trustme.tpm.MakeCredential;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * A secret that only the TPM with both keys of the request can open, and what to remember of it.
 * TPM 2.0 Part 1, 24.
 *
 * @param blob for the device
 * @param pending for the enrolment authority
 */
public record EnrolmentChallenge(CredentialBlob blob, PendingEnrolment pending) {
  private static final int SECRET_BYTES = 32;

  /** Makes a fresh secret for the verified request, whose bytes are remembered by their digest. */
  public static EnrolmentChallenge make(VerifiedRequest verified, Bytes requestBytes, Instant at)
      throws GeneralSecurityException {
    var random = new SecureRandom();
    var value = new byte[SECRET_BYTES];
    random.nextBytes(value);
    Bytes secret = Bytes.copyOf(value);
    var blob =
        new MakeCredential(verified.endorsementKey(), random)
            .wrap(verified.attestationKey().name(), secret);
    return new EnrolmentChallenge(blob, PendingEnrolment.of(verified, requestBytes, secret, at));
  }
}
