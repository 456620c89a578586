// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  @Test
  void readsEveryDemand() throws FormatException {
    var policy = Policy.parse(Bytes.utf8(Scenario.POLICY));
    assertEquals(Duration.ofMinutes(5), policy.require().freshness().maxAge().duration());
    assertEquals(Scenario.selection(), policy.require().pcrs().selection());
    assertEquals(41, policy.require().release().minSequence());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "---\n", "{}", "schema: trustme/policy/1\n", "[]", "# nothing\n"})
  void rejectsPolicyThatDemandsNothing(String yaml) {
    assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(yaml)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "policy/1|policy/2",
        "threshold: 1|threshold: 0",
        "threshold: 1|threshold: 1.5",
        "', threshold: 1'|''",
        "[software-root.pem]|[]",
        "secure-boot: required|secure-boot: off",
        "secure-boot: required|secure-boot: REQUIRED",
        "'  secure-boot: required\n'|''",
        "secure-boot: required|'secure-boot: required\n  tolerate: [all]'",
        "secure-boot: required|'secure-boot: required\n  secure-boot: required'",
        "bank: sha256|bank: sha1",
        "bank: sha256|bank: md5",
        "'13, 14]'|'13, 14, 14]'",
        "'13, 14]'|'13, 14, 10]'",
        "'13, 14]'|'13, 14, 16]'",
        "'13, 14]'|'13, 14, -1]'",
        "'[0, 1, 2, 3, 4,'|'[0, 1, 2, 3,'",
        "'[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]'|'[]'",
        "max-age: 5m|max-age: 5",
        "max-age: 5m|max-age: 0m",
        "max-age: 5m|max-age: -5m",
        "clock: safe|clock: none",
        "min-sequence: 41|min-sequence: -1",
        "min-sequence: 41|min-sequnce: 41",
      })
  void rejectsWhatItDoesNotKnow(String from, String to) {
    assertTrue(Scenario.POLICY.contains(from), from);
    String changed = Scenario.POLICY.replace(from, to);
    assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(changed)), changed);
  }
}
