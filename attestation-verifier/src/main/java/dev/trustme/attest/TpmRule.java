// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.attest.EnrolmentRecord.Tpm;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which firmware a TPM must have at least. TPMS_ATTEST.firmwareVersion is a maker's own number, so
 * there is a floor for each maker, as 16 hex digits, compared as unsigned.
 *
 * @param firmware floors by the manufacturer that the enrolment record names ({@code id:494e5443}),
 *     or under {@code any} for every other
 */
public record TpmRule(Map<String, String> firmware) {
  private static final String ANY = "any";
  private static final Pattern MAKER = Pattern.compile("any|id:[0-9A-Fa-f]{8}");
  private static final Pattern FLOOR = Pattern.compile("[0-9a-f]{16}");

  public TpmRule {
    Policy.require(!firmware.isEmpty(), "require.tpm.firmware: expected at least one floor");
    firmware.forEach((maker, floor) -> {
      Policy.require(
          MAKER.matcher(maker).matches(),
          "require.tpm.firmware: expected 'any' or a manufacturer like id:494e5443");
      Policy.require(
          FLOOR.matcher(floor).matches(),
          "require.tpm.firmware: expected 16 lower-case hex digits for " + maker);
    });
    firmware = Collections.unmodifiableMap(new TreeMap<>(firmware));
  }

  /** The floor for this TPM; empty if there is none, so that no version is enough. */
  Optional<String> floor(Optional<Tpm> tpm) {
    return tpm.flatMap(t ->
            firmware.entrySet().stream()
                .filter(e -> e.getKey().equalsIgnoreCase(t.manufacturer()))
                .map(Map.Entry::getValue)
                .findFirst())
        .or(() -> Optional.ofNullable(firmware.get(ANY)));
  }
}
