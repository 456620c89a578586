// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.attest.FleetFolder;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.NonceStore;
import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.Evidence;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgingStreamTest {
  private static final Instant NOW = Instant.parse(FleetFolder.AT);

  @TempDir private Path folder;

  @Test
  void decidesAsTheCommandDoes() throws Exception {
    var fleet = new FleetFolder(folder);
    var stream = new JudgingStream(folder);
    Bytes first = fleet.answer(1, 5000);
    Bytes second = fleet.answer(1, 4000);
    for (Bytes evidence : new Bytes[] {first, second}) {
      var nonce = Evidence.parse(evidence).nonce();
      var answer = NonceStore.open(folder.resolve("state")).consume(nonce);
      stream.gaveOut((NonceAnswer.Consumed) answer);
    }
    assertEquals("accepted: acme-gateway", stream.decide(first, NOW));
    assertEquals("rejected: nonce-known", stream.decide(first, NOW));
    assertEquals("rejected: quote-clock", stream.decide(second, NOW));
    assertEquals("malformed:", stream.decide(Bytes.utf8("{"), NOW).split(" ", -1)[0]);
  }
}
