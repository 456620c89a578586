// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import org.junit.jupiter.api.Test;

class UefiVariableDataTest {
  /** As OVMF measured SecureBoot. */
  private static final String SECURE_BOOT =
      "61dfe48bca93d211aa0d00e098032b8c"
          + "0a00000000000000"
          + "0100000000000000"
          + "53006500630075007200650042006f006f007400"
          + "01";

  @Test
  void readsAndWritesWhatFirmwareMeasures() throws FormatException {
    var encoded = Bytes.fromHex(SECURE_BOOT);
    var expected = new UefiVariableData(EfiGuid.GLOBAL_VARIABLE, "SecureBoot", Bytes.fromHex("01"));
    assertEquals(expected, UefiVariableData.parse(encoded));
    assertEquals(encoded, expected.encode());
  }

  @Test
  void rejectsLengthsBeyondTheInput() {
    assertRejected(SECURE_BOOT.replace("0a00000000000000", "0b00000000000000"));
    assertRejected(SECURE_BOOT.replace("0a00000000000000", "0a00000000000080"));
    assertRejected(SECURE_BOOT.replace("0a00000000000000", "ffffffffffffffff"));
    assertRejected(SECURE_BOOT.replace("0100000000000000", "0200000000000000"));
    assertRejected(SECURE_BOOT.replace("0100000000000000", "ffffffffffffffff"));
  }

  @Test
  void rejectsTrailingBytes() {
    assertRejected(SECURE_BOOT + "00");
  }

  @Test
  void rejectsHalfASurrogatePair() {
    assertRejected(SECURE_BOOT.replace("5300", "00d8"));
  }

  private static void assertRejected(String hex) {
    assertThrows(FormatException.class, () -> UefiVariableData.parse(Bytes.fromHex(hex)));
  }
}
