// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final Bytes ABC = Bytes.fromHex("0a0bff");

  @Test
  void isCopiedInAndOut() {
    var array = new byte[] {1, 2};
    var bytes = Bytes.copyOf(array);
    array[0] = 9;
    bytes.toArray()[1] = 9;
    assertEquals(Bytes.fromHex("0102"), bytes);
    assertThrows(ReadOnlyBufferException.class, () -> bytes.buffer().put((byte) 9));
  }

  @Test
  void copiesABuffersRemainderAndLeavesItsPosition() {
    var buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
    assertEquals(Bytes.fromHex("0203"), Bytes.copyOf(buffer));
    assertEquals(1, buffer.position());
  }

  @Test
  void comparesByContent() {
    assertEquals(ABC, Bytes.fromHex("0A0BFF"));
    assertEquals(ABC.hashCode(), Bytes.fromHex("0a0bff").hashCode());
    assertNotEquals(ABC, Bytes.fromHex("0a0b"));
  }

  @Test
  void hexIsStrict() {
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromHex("0a0"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromHex("0x0a"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromHex("0a 0b"));
  }

  @Test
  void knowsAscii() {
    for (int size = 0; size < 20; size++) {
      byte[] text = new byte[size];
      assertTrue(Bytes.copyOf(text).isAscii());
      for (int i = 0; i < size; i++) {
        text[i] = 0x7f;
        assertTrue(Bytes.copyOf(text).isAscii());
        text[i] = (byte) 0x80;
        assertFalse(Bytes.copyOf(text).isAscii(), size + " " + i);
        text[i] = 'a';
      }
    }
  }

  /** Every other way to write the same bytes is refused, as if it was encoded again. */
  @Test
  void base64HasOneForm() {
    var random = new Random(1);
    String digits = "ABCDZabcdz0129+/==\n";
    int good = 0;
    for (int i = 0; i < 100_000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(10); j > 0; j--) {
        text.append(digits.charAt(random.nextInt(digits.length())));
      }
      good += fromBase64(text.toString()) ? 1 : 0;
    }
    assertTrue(good > 1000, good + " were good");
  }

  private static boolean fromBase64(String text) {
    boolean same;
    try {
      same = Bytes.copyOf(Base64.getDecoder().decode(text)).base64().equals(text);
    } catch (IllegalArgumentException e) {
      same = false;
    }
    if (same) {
      assertEquals(text, Bytes.fromBase64(text).base64());
    } else {
      assertThrows(IllegalArgumentException.class, () -> Bytes.fromBase64(text));
    }
    return same;
  }

  @Test
  void base64IsStrict() {
    assertEquals(ABC, Bytes.fromBase64("Cgv/"));
    assertEquals("Cgv/", ABC.base64());
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromBase64("Cgv_"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromBase64("Cgv/\n"));
    assertEquals(Bytes.fromHex("0a0b"), Bytes.fromBase64("Cgs="));
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromBase64("Cgs"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.fromBase64("Cgt="));
  }

  @Test
  void readsBytesUnsignedAndSlicesWithinBounds() {
    assertEquals(255, ABC.at(2));
    assertEquals(Bytes.fromHex("0b"), ABC.slice(1, 2));
    assertEquals(Bytes.empty(), ABC.slice(3, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> ABC.slice(0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> ABC.slice(-1, 1));
  }

  @Test
  void joinsAndLooksAtBytes() {
    assertEquals(Bytes.fromHex("0a0bff00"), Bytes.concat(ABC, Bytes.zeros(1)));
    assertTrue(ABC.startsWith(Bytes.fromHex("0a")));
    assertFalse(ABC.startsWith(Bytes.fromHex("0a0bff00")));
    assertTrue(Bytes.zeros(3).isAllZero());
    assertFalse(ABC.isAllZero());
    assertTrue(Bytes.empty().isAllZero());
  }
}
