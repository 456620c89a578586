// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many damaged logs, the same ones at each run. */
class EventLogPropertyTest {
  private static final int ROUNDS = 20_000;

  private static final List<Bytes> GOOD =
      List.of(
          TestLog.agile()
              .startupLocality(3)
              .measured(0, TcgEventType.EV_S_CRTM_VERSION, Bytes.utf8("1"))
              .measured(4, TcgEventType.EV_EFI_ACTION, Bytes.utf8("action"))
              .separator(7)
              .raw(Bytes.zeros(40))
              .build(),
          TestLog.empty()
              .raw(TestLog.sha1Event(5, 4, Bytes.fromHex("11".repeat(20)), Bytes.zeros(4)))
              .raw(TestLog.sha1Event(7, 4, Bytes.fromHex("22".repeat(20)), Bytes.zeros(4)))
              .raw(Bytes.fromHex("ff".repeat(40)))
              .build());

  /** One change: a byte, a bit, a cut, or a piece of the log once more. */
  private static Bytes damaged(Bytes log, Random random) {
    byte[] bytes = log.toArray();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> bytes[at] = (byte) random.nextInt();
      case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes = Arrays.copyOf(bytes, at);
      default -> {
        int to = at + random.nextInt(bytes.length - at);
        return Bytes.concat(log, log.slice(at, to));
      }
    }
    return Bytes.copyOf(bytes);
  }

  @Test
  void whatIsAcceptedIsWrittenBackAsItWas() {
    var random = new Random(1);
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Bytes log = damaged(GOOD.get(i % GOOD.size()), random);
      try {
        var parsed = EventLog.parse(log);
        assertEquals(log, parsed.encode());
        accepted++;
        Replay.replay(parsed);
      } catch (FormatException e) {
        assertTrue(e.offset() >= 0 && e.offset() <= log.size(), e.toString());
      }
    }
    assertTrue(accepted > ROUNDS / 20 && accepted < ROUNDS, "accepted " + accepted);
  }
}
