// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedSecretTest {
  private static final List<String> CUSTODIANS = List.of("Alice", "Bob Example", "Carol", "Dan");

  private final SecureRandom random = new SecureRandom();
  private final SharedSecret secret = SharedSecret.generate("roots", random);
  private final List<Share> shares = secret.split(3, CUSTODIANS, random);

  @Test
  void anyThreeOpenIt() throws Exception {
    for (var three : List.of(of(0, 1, 2), of(3, 1, 0), of(1, 2, 3), of(0, 1, 2, 3))) {
      assertArrayEquals(secret.passphrase(), SharedSecret.combine(three).passphrase());
    }
    assertEquals(64, secret.passphrase().length);
  }

  /** Lagrange's formula by another hand, in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
  @Test
  void anotherImplementationOpensThem() {
    for (int[] three : new int[][] {{0, 1, 2}, {0, 2, 3}, {3, 1, 0}}) {
      byte[] opened = new byte[Share.BYTES];
      for (int i : three) {
        int factor = 1;
        for (int j : three) {
          factor = i == j ? factor : times(factor, times(j + 1, inverse((i + 1) ^ (j + 1))));
        }
        byte[] value = shares.get(i).value();
        for (int k = 0; k < opened.length; k++) {
          opened[k] ^= (byte) times(factor, value[k] & 0xff);
        }
      }
      String hex = HexFormat.of().formatHex(opened, 0, SharedSecret.BYTES);
      assertEquals(new String(secret.passphrase()), hex);
    }
  }

  private static int times(int a, int b) {
    int product = 0;
    for (int bit = 0; bit < 8; bit++) {
      product ^= (b >> bit & 1) == 0 ? 0 : a << bit;
    }
    for (int bit = 14; bit >= 8; bit--) {
      product ^= (product >> bit & 1) == 0 ? 0 : 0x11b << (bit - 8);
    }
    return product;
  }

  private static int inverse(int a) {
    for (int b = 1; b < 256; b++) {
      if (times(a, b) == 1) {
        return b;
      }
    }
    throw new IllegalArgumentException("zero");
  }

  /** Two shares of a third degree's curve: every secret is still possible, and equally likely. */
  @Test
  void aShareAloneSaysNothing() {
    var counts = new int[256];
    var fixed = SharedSecret.generate("roots", random);
    for (int i = 0; i < 2560; i++) {
      counts[fixed.split(2, CUSTODIANS, random).getFirst().value()[0] & 0xff]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 10.0) * (count - 10.0) / 10.0;
    }
    // 255 degrees of freedom: beyond 400 once in a hundred million runs.
    assertTrue(chiSquare < 400, "chi square " + chiSquare);
  }

  @Test
  void aPageIsReadAsItWasWrittenOrTyped() throws Exception {
    String page = new String(shares.get(1).encode(), UTF_8);
    assertEquals(11, page.lines().count());
    var read = Share.parse(Bytes.utf8(page));
    assertEquals(shares.get(1).label(), read.label());
    assertArrayEquals(shares.get(1).value(), read.value());
    String typed = page.replace("\n", "\r\n\r\n").replaceAll("(?m)^(5 .*)$", "$1  ");
    assertArrayEquals(shares.get(1).value(), Share.parse(Bytes.utf8(typed)).value());
  }

  @Test
  void aMistypedDigitIsFound() {
    String page = new String(shares.get(1).encode(), UTF_8);
    for (int line = 0; line < 11; line++) {
      String[] lines = page.split("\n");
      char last = lines[line].charAt(lines[line].length() - 1);
      lines[line] = lines[line].substring(0, lines[line].length() - 1) + (last == '1' ? '2' : '1');
      var e =
          assertThrows(
              FormatException.class, () -> Share.parse(Bytes.utf8(String.join("\n", lines))));
      assertFalse(e.problem().contains(HexFormat.of().formatHex(shares.get(1).value(), 0, 2)));
    }
  }

  @Test
  void tooFewAreRefused() {
    refused("2 shares given (Alice, Bob Example), 3 needed", of(0, 1));
    refused("no shares given", List.of());
  }

  @Test
  void oneGivenTwiceIsRefused() {
    refused("share 1, of Alice, was given twice", of(0, 1, 0));
  }

  @Test
  void mixedSetsAreRefused() {
    var other = secret.split(3, CUSTODIANS, random);
    var mixed = new ArrayList<>(of(0, 1));
    mixed.add(other.get(2));
    refused("the shares of Alice and Carol are of different sets", mixed);
  }

  @Test
  void aForgedShareIsNamedWhereTheOthersSuffice() {
    var forged = new Share(shares.get(1).label(), new byte[Share.BYTES]);
    var three = List.of(shares.get(0), forged, shares.get(2));
    refused("at least one of Alice, Bob Example, Carol was changed", three);
    var four = List.of(shares.get(0), forged, shares.get(2), shares.get(3));
    refused("wrong share: Bob Example; without it the others open", four);
    var last = List.of(shares.get(0), shares.get(2), shares.get(3), forged);
    refused("wrong share: Bob Example", last);
  }

  @Test
  void nothingOfItIsPrinted() {
    assertEquals("Share[Alice, 1 of 4]", shares.getFirst().toString());
    assertEquals("SharedSecret[roots]", secret.toString());
    shares.getFirst().close();
    assertArrayEquals(new byte[Share.BYTES], shares.getFirst().value());
  }

  private List<Share> of(int... indices) {
    var chosen = new ArrayList<Share>();
    for (int index : indices) {
      chosen.add(shares.get(index));
    }
    return chosen;
  }

  private static void refused(String words, List<Share> given) {
    var e = assertThrows(GeneralSecurityException.class, () -> SharedSecret.combine(given));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }
}
