// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TestEvents;
import org.junit.jupiter.api.Test;

class EfiLoadOptionTest {
  private static Bytes option(int pathLength, String description, Bytes rest) {
    return BinaryWriter.littleEndian()
        .u32(0x9)
        .u16(pathLength)
        .bytes(TestEvents.utf16(description))
        .bytes(rest)
        .toBytes();
  }

  @Test
  void readsAndWritesAnOption() throws FormatException {
    var encoded = TestEvents.loadOption();
    var option = EfiLoadOption.parse(encoded);
    assertEquals("Linux", option.description());
    assertTrue(option.active());
    assertFalse(option.hidden());
    assertEquals(TestEvents.PATH, option.filePathList().getFirst().encode());
    assertEquals(TestEvents.utf16("ro quiet"), option.optionalData());
    assertEquals(encoded, option.encode());
  }

  @Test
  void readsSeveralPathsOrNone() throws FormatException {
    var two = Bytes.concat(TestEvents.PATH, TestEvents.PATH);
    var option = EfiLoadOption.parse(option(two.size(), "a\0", two));
    assertEquals(2, option.filePathList().size());
    assertTrue(option.hidden());
    assertTrue(EfiLoadOption.parse(option(0, "\0", Bytes.empty())).filePathList().isEmpty());
  }

  @Test
  void refusesWhatDoesNotFit() {
    var path = TestEvents.PATH;
    assertMalformed(option(path.size() + 1, "a\0", path));
    assertMalformed(option(path.size() - 1, "a\0", path));
    assertMalformed(option(0xffff, "a\0", path));
    assertMalformed(option(path.size(), "no end", Bytes.empty()));
    assertMalformed(option(0, "", Bytes.fromHex("00d80000")));
    assertMalformed(option(4, "a\0", Bytes.fromHex("01010300")));
    var encoded = TestEvents.loadOption();
    int needed = encoded.size() - TestEvents.utf16("ro quiet").size();
    for (int size = 0; size < needed; size++) {
      assertMalformed(encoded.slice(0, size));
    }
  }

  private static void assertMalformed(Bytes encoded) {
    assertThrows(FormatException.class, () -> EfiLoadOption.parse(encoded), encoded.hex());
  }
}
