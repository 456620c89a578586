// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;

class AirGapFuzzTest {
  /** Whatever is read can also be shown, and reads the same again. */
  @FuzzTest
  void request(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var request = SigningRequest.parse(bytes);
          assertEquals(request, SigningRequest.parse(request.encode()));
          var words = new RequestWords(request);
          words.head().forEach(AirGapFuzzTest::assertPlain);
          for (int i = 0; i < request.items().size(); i++) {
            words.item(i).forEach(AirGapFuzzTest::assertPlain);
          }
        });
  }

  private static void assertPlain(String line) {
    assertEquals(RequestWords.line(line), line);
  }

  @FuzzTest
  void answer(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var answer = SigningAnswer.parse(bytes);
          assertEquals(answer, SigningAnswer.parse(answer.encode()));
        });
  }
}
