// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {
  private static final String ZERO = "00".repeat(32);
  private static final String JSON =
      """
      {"schema":"trustme/evidence/1","device":"6e37c0b0-4dd3-4b7f-8f7e-4f3b5f4b1a10",\
      "nonce":"00112233","created":"2026-11-22T16:36:58Z",\
      "quote":{"attest":"/1RDRw==","signature":"ABgACw=="},\
      "pcrs":{"sha256":{"0":"%s","11":"%s"}},\
      "ak":{"certificate-chain":["MAA="],"public":"AAA="},"logs":{"tcg":"AAAA"}}\
      """
          .formatted(ZERO, ZERO);

  @Test
  void readsAndWritesBack() throws FormatException {
    var evidence = Evidence.parse(Bytes.utf8(JSON));
    assertEquals(List.of(0, 11), List.copyOf(evidence.claimed(HashAlgorithm.SHA256).keySet()));
    assertTrue(evidence.claimed(HashAlgorithm.SHA1).isEmpty());
    assertEquals("00112233", evidence.nonce().hex());
    assertTrue(evidence.logs().ima().isEmpty());
    assertEquals(evidence, Evidence.parse(evidence.encode()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evidence/1|evidence/2",
        "6e37c0b0|6E37C0B0",
        "00112233|0011223",
        "00112233|0011223Z",
        "'\"nonce\"'|'\"nonse\"'",
        "'\"11\":'|'\"24\":'",
        "'\"11\":'|'\"011\":'",
        "'\"11\":'|'\"0\":'",
        "'\"sha256\"'|'\"md5\"'",
        "'[\"MAA=\"]'|'[\"\",\"\",\"\",\"\",\"\",\"\",\"\"]'",
        "'[\"MAA=\"]'|'[null]'",
        "'\"AAAA\"'|'\"A A\"'",
        "'\"AAAA\"'|null",
        "'{\"tcg\"'|'{\"x\":1,\"tcg\"'",
        "2026-11-22T|2026-11-22 ",
      })
  void rejectsWhatIsNotTheSchema(String from, String to) {
    assertTrue(JSON.contains(from));
    assertThrows(FormatException.class, () -> Evidence.parse(Bytes.utf8(JSON.replace(from, to))));
  }

  @Test
  void rejectsValueOfAnotherSize() {
    for (int size : new int[] {0, 31, 33}) {
      String changed = JSON.replace("\"11\":\"" + ZERO, "\"11\":\"" + "00".repeat(size));
      assertThrows(FormatException.class, () -> Evidence.parse(Bytes.utf8(changed)));
    }
  }
}
