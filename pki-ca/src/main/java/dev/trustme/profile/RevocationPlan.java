// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import dev.trustme.key.KeyType;
import java.util.Optional;

/**
 * How an authority tells what it revoked: validity of its lists in days, and its OCSP responder if
 * it has one.
 *
 * @param deltaDays absent where there are no delta lists
 * @param ocspDays validity of a response
 */
public record RevocationPlan(
    int crlDays,
    Optional<Integer> deltaDays,
    Optional<KeyType> ocspKey,
    Optional<Integer> ocspYears,
    Optional<Integer> ocspDays) {
  /** What holds for an authority without a plan. */
  public static final RevocationPlan DEFAULT =
      new RevocationPlan(
          30, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final int MAX_DAYS = 3660;
  private static final int OCSP_DAYS = 7;

  public RevocationPlan {
    requireDays("crl-days", crlDays);
    deltaDays.ifPresent(days -> requireDays("delta-days", days));
    ocspDays.ifPresent(days -> requireDays("ocsp-days", days));
    ocspYears.ifPresent(Profile::requireYears);
    Profile.require(
        ocspKey.isPresent() || (ocspYears.isEmpty() && ocspDays.isEmpty()),
        "ocsp-key: is missing, though there are further ocsp keys");
  }

  private static void requireDays(String what, int days) {
    Profile.require(
        days >= 1 && days <= MAX_DAYS, "%s: 1 to %d, found %d".formatted(what, MAX_DAYS, days));
  }

  /** Validity of the responder's certificate. */
  public int responderYears() {
    return ocspYears.orElse(1);
  }

  /** Validity of one response. */
  public int responseDays() {
    return ocspDays.orElse(OCSP_DAYS);
  }
}
