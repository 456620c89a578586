// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import java.util.Optional;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameFormTest {
  private static final String LABEL = "a".repeat(63);

  /** Columns: kind, text, whether a certificate may have it, whether a subtree may. */
  @ParameterizedTest
  @CsvSource({
    "2, example.com, true, true",
    "2, *.example.com, true, false",
    "2, '', false, true",
    "2, .example.com, false, false",
    "2, a..b, false, false",
    "2, -a.b, false, false",
    "2, a-.b, false, false",
    "2, a_b.c, false, false",
    "2, 10.0.0.1, false, false",
    "2, 1.a, true, true",
    "1, user@example.com, true, true",
    "1, @example.com, false, false",
    "1, 'a b@example.com', false, false",
    "1, user@, false, false",
    "1, a@b@c, false, false",
    "1, example.com, false, true",
    "1, .example.com, false, true",
    "1, ..example.com, false, false",
    "6, https://example.com/, true, false",
    "6, example.com, false, true",
    "6, .example.com, false, true",
    "6, 'https://a b', false, false",
    "6, 1:a, false, false",
    "7, 10.0.0.1, true, false",
    "7, 2001:db8::1, true, false",
    "7, 10.0.0.0/8, false, true",
    "7, 2001:db8::/32, false, true",
    "8, 1.2.3, true, true"
  })
  void textsOfEachKind(int kind, String text, boolean name, boolean base) {
    var value = new GeneralName(kind, text);
    assertEquals(name, NameForm.problem(value).isEmpty(), "name");
    assertEquals(base, NameForm.problemOfBase(value).isEmpty(), "base");
  }

  @ParameterizedTest
  @CsvSource({
    "0a000000ffffff00, true",
    "0a000000ffffffff, true",
    "0a00000000000000, true",
    "0a000000ffff0100, false",
    "0a000000ff00ff00, false",
    "0a000000fe000000, true",
    "0a000000fd000000, false",
    "0a0000007f000000, false",
    "0a000000ffffff, false",
    "0a000000ffffff0000, false"
  })
  void aMaskHasItsOnesFirst(String octets, boolean fits) {
    var base = new GeneralName(GeneralName.iPAddress, octets(octets));
    assertEquals(fits, NameForm.problemOfBase(base).isEmpty());
  }

  private static DEROctetString octets(String hex) {
    return new DEROctetString(Bytes.fromHex(hex).toArray());
  }

  @Test
  void lengthsAreBounded() {
    String longest = String.join(".", LABEL, LABEL, LABEL, LABEL.substring(2));
    assertEquals(253, longest.length());
    assertTrue(NameForm.host(longest));
    assertTrue(!NameForm.host(longest + "a"));
    assertTrue(!NameForm.host(LABEL + "a"));
    assertTrue(!NameForm.host(""));
  }

  @Test
  void whatIsShownIsBounded() {
    assertEquals(Optional.of("_".repeat(80)), problem("_".repeat(80)));
    assertEquals(Optional.of("_".repeat(80) + "…"), problem("_".repeat(81)));
    assertEquals(
        Optional.of("#010203"),
        NameForm.problem(new GeneralName(GeneralName.iPAddress, octets("010203"))));
  }

  private static Optional<String> problem(String host) {
    var name = new GeneralName(GeneralName.dNSName, host);
    assertEquals(NameForm.problem(name), NameForm.problemOfBase(name));
    return NameForm.problem(name);
  }

  @Test
  void directoryNamesCanBeRead() {
    var name = new GeneralName(new X500Name("CN=a"));
    assertEquals(Optional.empty(), NameForm.problem(name));
    assertEquals(Optional.empty(), NameForm.problemOfBase(name));
    var endless = new GeneralName(new X500Name("DC=" + "a".repeat(4094)));
    assertThrows(IllegalArgumentException.class, () -> NameForm.problem(endless));
    assertThrows(IllegalArgumentException.class, () -> NameForm.problemOfBase(endless));
  }
}
