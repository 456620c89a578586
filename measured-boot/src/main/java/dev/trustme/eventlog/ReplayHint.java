// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.stream.Collectors;

/** What would explain that a PCR does not hold what its events lead to. */
public sealed interface ReplayHint {

  /** PCR 0 is right for another start value: the statement about it is missing or false. */
  record OtherLocality(int locality) implements ReplayHint {}

  /** The value is that after fewer events: it was read before {@code next} was measured. */
  record ReadBefore(TcgPcrEvent2 next, int measured, int logged) implements ReplayHint {}

  /** The value is the start value, although the log has events. */
  record NeverExtended(int logged) implements ReplayHint {}

  /** The value is right without one event: it was logged and not measured, or added to the log. */
  record NotMeasured(TcgPcrEvent2 event) implements ReplayHint {}

  /** The PCR was extended, and the log has no event of it. */
  record AbsentFromLog() implements ReplayHint {}

  /** The PCR's values of other banks are right: the digests of this bank are not what it got. */
  record OtherBanksAgree(List<HashAlgorithm> banks) implements ReplayHint {
    public OtherBanksAgree {
      banks = List.copyOf(banks);
    }
  }

  /** A stable name. */
  default String id() {
    return switch (this) {
      case OtherLocality hint -> "other-locality";
      case ReadBefore hint -> "read-before";
      case NeverExtended hint -> "never-extended";
      case NotMeasured hint -> "not-measured";
      case AbsentFromLog hint -> "absent-from-log";
      case OtherBanksAgree hint -> "other-banks-agree";
    };
  }

  default String words() {
    return switch (this) {
      case OtherLocality(int locality) ->
          "is right if the TPM was started at locality %d, which the log does not say"
              .formatted(locality);
      case ReadBefore(TcgPcrEvent2 next, int measured, int logged) ->
          "is the value after %d of %d events: it was read before event %d (%s) was measured"
              .formatted(measured, logged, next.number(), next.untrustedType().name());
      case NeverExtended(int logged) ->
          "is the start value: nothing was extended, or the TPM was reset after the log's %d events"
              .formatted(logged);
      case NotMeasured(TcgPcrEvent2 event) ->
          "is right without event %d (%s), which was added to the log or never measured"
              .formatted(event.number(), event.untrustedType().name());
      case AbsentFromLog hint ->
          "was extended, but the log has no event of it: another log has them, or they were removed";
      case OtherBanksAgree(List<HashAlgorithm> banks) ->
          "is right in bank %s: the digests of this bank alone are not what the TPM got"
              .formatted(
                  banks.stream().map(HashAlgorithm::label).collect(Collectors.joining(", ")));
    };
  }
}
