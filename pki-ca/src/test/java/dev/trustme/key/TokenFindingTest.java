// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.testing.SoftToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which token and key a reference means, its PIN, and what is not there. */
class TokenFindingTest extends TokenFixture {
  @Test
  void tokensAndKeysAreToldApart() throws Exception {
    tokens.token("two");
    for (String label : List.of("one", "two")) {
      try (var pin = pin();
          var key =
              Keys.generate(
                  TokenFixture.reference("token=%s;object=k;id=%%01".formatted(label)),
                  KeyType.EC_P256,
                  pin);
          var another =
              Keys.generate(
                  TokenFixture.reference("token=%s;object=k2;id=%%02".formatted(label)),
                  KeyType.EC_P256,
                  pin)) {
        assertNotEquals(key.publicKey(), another.publicKey());
      }
    }
    var several = assertThrows(IOException.class, () -> open("object=k"));
    assertTrue(Judge.words(several).contains("several tokens match"), several.getMessage());
    var none = assertThrows(IOException.class, () -> open("token=three"));
    assertTrue(Judge.words(none).contains("no such token; there are: [token '"), none.getMessage());
    var keys = assertThrows(IOException.class, () -> open("token=one"));
    assertTrue(Judge.words(keys).contains("several private keys match"), keys.getMessage());
    assertTrue(Judge.words(keys).contains("object=k2;id=%02"), keys.getMessage());
    var noKey = assertThrows(IOException.class, () -> open("token=one;object=k;id=%02"));
    assertTrue(Judge.words(noKey).contains("no such private key"), noKey.getMessage());
    try (var one = open("token=one;object=k");
        var two = open("token=two;id=%01")) {
      assertNotEquals(one.publicKey(), two.publicKey());
      String where = one.toString();
      var token = java.util.regex.Pattern.compile("serial (\\w+), slot (\\d+)").matcher(where);
      assertTrue(token.find(), where);
      try (var bySerial = open("serial=%s;object=k".formatted(token.group(1)));
          var bySlot = open("slot-id=%s;object=k".formatted(token.group(2)))) {
        assertEquals(one.publicKey(), bySerial.publicKey());
        assertEquals(one.publicKey(), bySlot.publicKey());
      }
    }
  }

  @Test
  void aWrongPinIsTriedOnce() throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", "k");
    var reference = KeyReference.parse("pkcs11:token=one;object=k?module-path=" + tokens.spy());
    var asked = new AtomicInteger();
    try (var wrong =
        Passphrase.ask(
            "Passphrase",
            prompt -> {
              assertTrue(prompt.startsWith("PIN of token 'one'"), prompt);
              asked.incrementAndGet();
              return "00000000".toCharArray();
            })) {
      var e = assertThrows(GeneralSecurityException.class, () -> Keys.open(reference, wrong));
      assertTrue(Judge.words(e).contains("wrong PIN"), e.getMessage());
      assertFalse(Judge.words(e).contains("00000000"));
    }
    assertEquals(1, asked.get());
    assertEquals(1, tokens.calls("C_Login"));
    try (var key = open("token=one;object=k")) {
      assertSigns(key);
    }
  }

  @Test
  void thePinComesFromItsFile() throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", "k");
    Path file = Files.writeString(dir.resolve("pin"), SoftToken.PIN + "\n");
    var reference =
        KeyReference.parse(
            "pkcs11:token=one?module-path=%s&pin-source=file:%s".formatted(SoftToken.MODULE, file));
    try (var never =
            Passphrase.ask(
                "Passphrase",
                prompt -> {
                  throw new AssertionError("asked for " + prompt);
                });
        var key = Keys.open(reference, never)) {
      assertSigns(key);
    }
  }

  @Test
  void twoKeysOfOneTokenShareTheLogin() throws Exception {
    for (String label : List.of("a", "b")) {
      tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", label);
    }
    try (var a = open("object=a")) {
      try (var never =
              Passphrase.ask(
                  "Passphrase",
                  prompt -> {
                    throw new AssertionError("asked for " + prompt);
                  });
          var b = Keys.open(TokenFixture.reference("object=b"), never)) {
        assertSigns(b);
      }
      assertSigns(a);
    }
  }

  @Test
  void aTokenThatIsGoneIsAnErrorAndNoHang() throws Exception {
    tokens.tool("one", "--keypairgen", "--key-type", "EC:prime256v1", "--label", "k");
    try (var key = open("object=k")) {
      assertSigns(key);
      tokens.remove();
      var e = assertThrows(UncheckedIOException.class, () -> key.sign(MESSAGE));
      assertTrue(Judge.words(e).contains("token 'one'"), e.getMessage());
    }
    var e = assertThrows(IOException.class, () -> open("object=k"));
    assertTrue(Judge.words(e).contains("no such token; there are: []"), e.getMessage());
  }

  @Test
  void aModuleIsAModule() throws Exception {
    for (String path : List.of("/nowhere/m.so", "/usr/lib/x86_64-linux-gnu/libc.so.6")) {
      var reference = KeyReference.parse("pkcs11:?module-path=" + path);
      try (var pin = pin()) {
        assertThrows(IOException.class, () -> Keys.open(reference, pin));
      }
    }
    try (var pin = pin()) {
      var named = KeyReference.parse("pkcs11:token=zero?module-name=softhsm2");
      var e = assertThrows(IOException.class, () -> Keys.open(named, pin));
      assertTrue(Judge.words(e).contains("no such token"), e.getMessage());
      var unknown = KeyReference.parse("pkcs11:?module-name=no-such-module");
      assertThrows(IOException.class, () -> Keys.open(unknown, pin));
    }
  }
}
