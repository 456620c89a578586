// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.attest.EvidenceCheck.*;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a policy makes of each check, without any evidence: schema {@code trustme/policy-outline/1}.
 */
public record PolicyOutline(String schema, List<Line> checks) {
  public static final String SCHEMA = "trustme/policy-outline/1";

  /** How much a check counts. */
  public enum Weight {
    /** Its failure rejects the device. */
    REQUIRED,
    /** Its failure is a warning. */
    TOLERATED,
    /** It is not applicable: the policy has no section that it is for. */
    NOT_ASKED;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }
  }

  /** One check. */
  public record Line(String id, Weight weight, String meaning) {}

  /** Checks that count only under a condition; all others always do. */
  private static final Map<EvidenceCheck, Predicate<Policy>> CONDITIONS =
      new EnumMap<>(EvidenceCheck.class);

  static {
    for (var check :
        List.of(ENROLMENT_RECORD, ENROLMENT_DEVICE, DEVICE_TPM, AK_ENROLLED, QUOTE_SIGNER)) {
      CONDITIONS.put(check, p -> p.trust().enrolment().isPresent());
    }
    for (var check :
        List.of(
            CONTAINER_LOG,
            CONTAINER_SEQUENCE,
            CONTAINER_KNOWN,
            CONTAINER_FLOOR,
            CONTAINER_CONTENT)) {
      CONDITIONS.put(check, p -> p.require().containers().isPresent());
    }
    for (var check : ImaAppraisal.CHECKS) {
      CONDITIONS.put(check, p -> p.require().ima().isPresent());
    }
    for (var check : List.of(USERSPACE_LOG, USERSPACE_RECORDS)) {
      CONDITIONS.put(check, p -> p.require().userspace().isPresent());
    }
    CONDITIONS.put(LOG_BOOT, p -> p.require().freshness().logs().isPresent());
    CONDITIONS.put(EK_CERTIFICATE, p -> p.trust().makers().isPresent());
    CONDITIONS.put(DEVICE_ALLOWED, p -> p.forbid().isPresent());
    CONDITIONS.put(QUOTE_SAFE, p -> p.require().freshness().clock() == Policy.ClockRule.SAFE);
    CONDITIONS.put(QUOTE_FIRMWARE, p -> p.require().tpm().isPresent());
    CONDITIONS.put(DBX_FLOOR, p -> p.require().floors().flatMap(FloorRule::dbx).isPresent());
    CONDITIONS.put(SBAT_FLOOR, p -> p.require().floors().flatMap(FloorRule::sbat).isPresent());
    CONDITIONS.put(OPTION_ROMS, p -> p.require().optionRoms().isPresent());
    CONDITIONS.put(FIRMWARE_EVENTS, p -> p.require().firmware().isPresent());
    CONDITIONS.put(LOG_EXIT_BOOT_SERVICES, p -> p.require().pcrs().quoted().contains(5));
    CONDITIONS.put(PCR_12, p -> quotes(p, 12));
    CONDITIONS.put(PCR_14, p -> quotes(p, 14));
  }

  private static boolean quotes(Policy policy, int pcr) {
    return policy.require().pcrs().quoted().contains(pcr)
        && policy.require().containers().filter(c -> c.pcr() == pcr).isEmpty();
  }

  public PolicyOutline {
    checks = List.copyOf(checks);
  }

  /** Every check in the order of the judgement. */
  public static PolicyOutline of(Policy policy) {
    return new PolicyOutline(
        SCHEMA,
        Arrays.stream(EvidenceCheck.values())
            .map(check -> new Line(check.id(), weight(policy, check), check.meaning()))
            .toList());
  }

  private static Weight weight(Policy policy, EvidenceCheck check) {
    if (!CONDITIONS.getOrDefault(check, p -> true).test(policy)) {
      return Weight.NOT_ASKED;
    }
    return policy.tolerate().filter(ids -> ids.contains(check.id())).isPresent()
        ? Weight.TOLERATED
        : Weight.REQUIRED;
  }

  /** How many checks have this weight. */
  public long count(Weight weight) {
    return checks.stream().filter(c -> c.weight() == weight).count();
  }
}
