// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReferenceTest {
  private static final String MODULE = "?module-path=/usr/lib/m.so";

  @Test
  void aBareNameIsAFile() throws Exception {
    assertEquals(new KeyReference.KeyPath(Path.of("keys/a.pem")), KeyReference.parse("keys/a.pem"));
    assertEquals(new KeyReference.KeyPath(Path.of("./a:b.pem")), KeyReference.parse("./a:b.pem"));
    assertEquals(
        new KeyReference.KeyPath(Path.of("pkcs13:x")), KeyReference.parse("file:pkcs13:x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/a/key.pem",
        "file:has space?and=more.pem",
        "pkcs12:keys.p12",
        "pkcs12:/a/keys.p12?alias=the first & only",
        "tpm2:0x81000001",
        "tpm2:0x81ffffff?tcti=swtpm:path=/run/tpm.sock",
        "tpm2:0x81000001?pass",
        "tpm2:0x81000001?pass&tcti=swtpm:path=/run/tpm.sock",
        "tpm2:key.pem",
        "tpm2:sub/key.pem?tcti=device:/dev/tpmrm1",
        "pkcs11:?module-name=softhsm2",
        "pkcs11:slot-id=3;token=My%20token;id=%01%ff;object=a%3bb;type=private"
            + "?pin-source=file:/run/pin&module-path=/usr/lib/m.so",
        "pkcs11:serial=0042&[]@!$'()*+,=:;object=%c3%a4?module-path=/a/b?c.so",
      })
  void aReferenceIsItsText(String text) throws Exception {
    var reference = KeyReference.parse(text);
    assertEquals(text, reference.toString());
    assertEquals(reference, KeyReference.parse(reference.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|expected a file name",
        "file:|expected a file name",
        "pkcs13:x|expected file:, pkcs12:, pkcs11: or tpm2:",
        "http://example.org/key|expected file:",
        "pkcs12:?alias=a|expected a file name",
        "pkcs12:a?alias=|expected ?alias=VALUE",
        "pkcs12:a?Alias=b|expected ?alias=VALUE",
        "pkcs12:a?|expected ?alias=VALUE",
        "tpm2:|expected a file name",
        "tpm2:0x80000001|expected a persistent handle",
        "tpm2:0x181000001|expected a persistent handle",
        "tpm2:0xffffffffffffffff|expected a persistent handle",
        "tpm2:0x81000001?tcti=|expected ?tcti=",
        "tpm2:0x81000001?pass&|expected ?tcti=",
        "tpm2:0x81000001?password|expected ?tcti=",
        "tpm2:key.pem?pass|expected ?tcti=",
        "tpm2:0x81000001?tcti=tabrmd|expected a local TPM",
        "tpm2:0x81000001?tcti=swtpm:host=example.org|expected a local TPM",
        "pkcs11:|expected one of ?module-path",
        "pkcs11:token=a|expected one of ?module-path",
        "pkcs11:?|expected NAME=VALUE",
        "pkcs11:?module-path=/a&|expected another attribute",
        "pkcs11:;?module-path=/a|expected NAME=VALUE",
        "pkcs11:token=a;?module-path=/a|expected another attribute",
        "pkcs11:token?module-path=/a|expected NAME=VALUE",
        "pkcs11:Token=a?module-path=/a|'Token' is no path attribute",
        "pkcs11:x-vendor=a?module-path=/a|'x-vendor' is no path attribute",
        "pkcs11:module-path=/a|'module-path' is no path attribute",
        "pkcs11:?token=a&module-path=/a|'token' is no query attribute",
        "pkcs11:?module-path=/a&pin-value=1234|a PIN does not belong into a reference",
        "pkcs11:?module-path=/a&module-name=b|expected one of ?module-path",
        "pkcs11:?module-path=a.so|module-path is absolute",
        "pkcs11:?module-name=../b|module-name is a name without a folder",
        "pkcs11:?module-path=/a&pin-source=pin|pin-source is file:/PATH",
        "pkcs11:?module-path=/a&pin-source=%7cmy-command|pin-source is file:/PATH",
        "pkcs11:?module-path=/a&pin-source=http://h/pin|pin-source is file:/PATH",
        "pkcs11:token=a;token=b?module-path=/a|token stands twice",
        "pkcs11:type=cert?module-path=/a|expected type=private",
        "pkcs11:slot-id=x?module-path=/a|slot-id is a decimal number",
        "pkcs11:slot-id=-1?module-path=/a|slot-id is a decimal number",
        "pkcs11:token=a b?module-path=/a|this character is written with %",
        "pkcs11:token=a/b?module-path=/a|this character is written with %",
        "pkcs11:token=ä?module-path=/a|this character is written with %",
        "pkcs11:token=%4?module-path=/a|expected two hexadecimal digits",
        "pkcs11:token=%zz?module-path=/a|expected two hexadecimal digits",
        "pkcs11:token=%ff?module-path=/a|token is no text",
        "pkcs11:token=%0a?module-path=/a|token is no text",
        "pkcs11:?module-path=/a%00b|module-path is no text",
      })
  void otherTextIsMalformed(String text, String problem) {
    var e = assertThrows(FormatException.class, () -> KeyReference.parse(text == null ? "" : text));
    assertTrue(e.problem().contains(problem), e.problem());
  }

  @Test
  void aControlCharacterIsNoFileName() {
    assertThrows(FormatException.class, () -> KeyReference.parse("a\u0000b"));
    assertThrows(FormatException.class, () -> KeyReference.parse("file:a\nb"));
  }

  @Test
  void attributesAreDecoded() throws Exception {
    var uri =
        Pkcs11Uri.parse(
            "pkcs11:token=My%20token;id=%00%Ff;slot-id=7" + MODULE + "&pin-source=file:///run/pin");
    assertEquals(Optional.of("My token"), uri.text(Pkcs11Uri.Attribute.TOKEN));
    assertEquals(Optional.of(Bytes.fromHex("00ff")), uri.id());
    assertEquals(OptionalLong.of(7), uri.slotId());
    assertEquals(Optional.of(Path.of("/usr/lib/m.so")), uri.modulePath());
    assertEquals(Optional.of(Path.of("/run/pin")), uri.pinFile());
    assertEquals(Optional.empty(), uri.text(Pkcs11Uri.Attribute.OBJECT));
  }

  @Test
  void orderOfAttributesAndCaseOfDigitsDoNotMatter() throws Exception {
    assertEquals(
        Pkcs11Uri.parse("pkcs11:object=a;token=%4d" + MODULE),
        Pkcs11Uri.parse("pkcs11:token=M;object=a" + MODULE));
  }

  @Test
  void relativeFilesLieInTheirFolder() throws Exception {
    var folder = Path.of("/pki");
    assertEquals("file:/pki/keys/a.pem", KeyReference.parse("keys/a.pem").in(folder).toString());
    assertEquals("pkcs12:/k.p12", KeyReference.parse("pkcs12:/k.p12").in(folder).toString());
    assertEquals("tpm2:0x81000001", KeyReference.parse("tpm2:0x81000001").in(folder).toString());
  }
}
