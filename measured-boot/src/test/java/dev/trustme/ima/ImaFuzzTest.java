// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.testing.HostileBytes;
import java.nio.ByteOrder;

/** Whatever the bytes: entries or a FormatException; what is accepted is written back alike. */
class ImaFuzzTest {
  private static final ImaStart START = ImaStart.of(HashAlgorithm.SHA256);

  @FuzzTest
  void binary(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var entries = ImaLogs.entries(bytes, ImaFormat.BINARY);
          var parts =
              entries.stream().map(e -> e.encode(ByteOrder.LITTLE_ENDIAN)).toArray(Bytes[]::new);
          assertEquals(bytes, Bytes.concat(parts));
          inspect(entries);
          var replay = ImaLogs.replay(bytes, ImaFormat.BINARY, START);
          assertEquals(entries.size(), replay.entries() + replay.otherPcrs());
        });
  }

  /** The same log is read from the binary form of an accepted line. */
  @FuzzTest
  void ascii(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var entries = ImaLogs.entries(bytes, ImaFormat.ASCII);
          inspect(entries);
          var replay = ImaLogs.replay(bytes, ImaFormat.ASCII, START);
          var parts =
              entries.stream().map(e -> e.encode(ByteOrder.LITTLE_ENDIAN)).toArray(Bytes[]::new);
          var binary = Bytes.concat(parts);
          assertEquals(replay.value(), ImaLogs.replay(binary, ImaFormat.BINARY, START).value());
        });
  }

  private static void inspect(Iterable<ImaEntry> entries) throws FormatException {
    var inspection = new ImaInspection();
    entries.forEach(inspection::add);
  }
}
