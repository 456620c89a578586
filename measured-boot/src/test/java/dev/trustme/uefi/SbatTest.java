// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import org.junit.jupiter.api.Test;

class SbatTest {
  private static final String HEAD =
      "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n";
  private static final String GOOD =
      HEAD + "systemd,1,The systemd Developers,systemd,252,https://systemd.io/\n";

  private static void assertRejected(String problem, String text) {
    var rejected =
        assertThrows(FormatException.class, () -> Sbat.parse(Bytes.utf8(text)), text).toString();
    assertTrue(rejected.contains(problem), rejected);
  }

  @Test
  void readsComponentsAndGenerations() throws FormatException {
    var image = PeImage.parse(new TestPe().section(".sbat", GOOD + "\0\0").build());
    var entries = Sbat.of(image).entries();
    assertEquals(2, entries.size());
    assertEquals("systemd", entries.get(1).component());
    assertEquals(1, entries.get(1).generation());
  }

  @Test
  void rejectsAnImageWithoutIt() throws FormatException {
    var image = PeImage.parse(TestPe.small());
    assertThrows(FormatException.class, () -> Sbat.of(image));
  }

  @Test
  void rejectsWhatShimWouldReadDifferently() {
    assertRejected("byte 0xc3", GOOD.replace("Developers", "Entwickler für"));
    assertRejected("byte 0x00", GOOD.replace("systemd,252", "systemd,\u0000252"));
    assertRejected("byte 0x0d", GOOD.replace("\n", "\r\n"));
    assertRejected("expected component", GOOD.replace("systemd,1,", "systemd,-1,"));
    assertRejected("expected component", GOOD.replace("systemd,1,", "systemd,9999999999,"));
    assertRejected("expected component", HEAD + "systemd,1\n");
    assertRejected("does not begin", GOOD.substring(HEAD.length()));
    assertRejected("does not begin", "");
    assertRejected("has 65537 bytes", "x".repeat(65537));
  }
}
