// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.testing.HostileBytes;

class CeremonyFuzzTest {
  /** A script that is read can be looked through and put into words, whatever it says. */
  @FuzzTest
  void script(byte[] yaml) {
    HostileBytes.check(
        yaml,
        text -> {
          var script = CeremonyScript.parse(text);
          ScriptLint.findings(script);
          assertEquals(script.steps().size(), ScriptLint.words(script).size());
        });
  }

  @FuzzTest
  void transcript(byte[] json) {
    HostileBytes.check(json, CeremonyFuzzTest::transcript);
  }

  private static void transcript(Bytes json) throws FormatException {
    var transcript = Transcript.parse(json);
    assertEquals(transcript, Transcript.parse(transcript.encode()));
    for (var mode : Transcript.Mode.values()) {
      new TranscriptChecks(transcript, mode).all();
    }
  }

  @FuzzTest
  void share(byte[] page) {
    HostileBytes.check(
        page,
        text -> {
          var share = Share.parse(text);
          var again = Share.parse(Bytes.copyOf(share.encode()));
          assertEquals(share.label(), again.label());
          assertArrayEquals(share.value(), again.value());
        });
  }
}
