// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.json;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
  enum Kind {
    one,
    two
  }

  record Inner(long size) {}

  record Document(
      String schema,
      int maxCount,
      Kind kind,
      List<Inner> parts,
      Optional<String> note,
      Optional<Digest> sha) {}

  record Values(Bytes raw, Digest digest, Instant at) {}

  record Flag(boolean on) {}

  private static final String GOOD =
      "{\"schema\":\"s\",\"max-count\":3,\"kind\":\"one\",\"parts\":[{\"size\":1}]}";

  private static Document read(String json) throws FormatException {
    return Json.read(Bytes.utf8(json), Document.class, "document");
  }

  private static void assertRejected(String problem, String json) {
    var rejected = assertThrows(FormatException.class, () -> read(json), json);
    assertEquals("document", rejected.structure());
    assertTrue(rejected.toString().contains(problem), rejected.toString());
  }

  @Test
  void readsRecordsByKebabCaseKeysAndWritesThemAlike() throws FormatException {
    var document = read(GOOD);
    assertEquals(3, document.maxCount());
    assertEquals(List.of(new Inner(1)), document.parts());
    assertEquals(GOOD, Json.write(document).utf8());
  }

  @Test
  void optionalKeysMayBeAbsent() throws FormatException {
    assertEquals(Optional.empty(), read(GOOD).note());
    assertEquals(Optional.of("n"), read(GOOD.replace("}]}", "}],\"note\":\"n\"}")).note());
  }

  @Test
  void rejectsDuplicateKeys() {
    assertRejected("Duplicate", GOOD.replace("{\"schema\"", "{\"schema\":\"s\",\"schema\""));
    assertRejected("Duplicate", GOOD.replace("{\"size\":1", "{\"size\":1,\"size\":1"));
  }

  @Test
  void rejectsUnknownKeys() {
    assertRejected("extra", GOOD.replace("}]}", "}],\"extra\":1}"));
    assertRejected("maxCount", GOOD.replace("}]}", "}],\"maxCount\":1}"));
    assertRejected("parts[0].extra: ", GOOD.replace("{\"size\":1", "{\"size\":1,\"extra\":1"));
  }

  @Test
  void rejectsTrailingContent() throws FormatException {
    assertEquals(read(GOOD), read(GOOD + "\n"));
    assertRejected("", GOOD + GOOD);
    assertRejected("", GOOD + "x");
    assertRejected("", GOOD + "]");
  }

  /** ASCII is read from bytes and everything else from text; both say the same of an error. */
  @Test
  void tellsThePlaceInCharacters() {
    for (String broken :
        List.of(
            GOOD.replace(":3,", ":x,"),
            GOOD.replace("\"size\":1", "\"size\":1,\n  \"extra\":1"),
            GOOD.replace("\"schema\"", "\"schema\0\""),
            "{\"schema\":\"s\"")) {
      var bytes = assertThrows(FormatException.class, () -> read(broken));
      var text =
          assertThrows(FormatException.class, () -> read(broken.replace(":\"s\"", ":\"é\"")));
      assertEquals(bytes.getMessage(), text.getMessage());
      assertTrue(bytes.offset() > 0, bytes.toString());
    }
  }

  /** A NUL makes some readers guess UTF-16. */
  @Test
  void readsNothingButUtf8() {
    for (var charset : List.of(UTF_16BE, UTF_16LE, UTF_16)) {
      var other = Bytes.copyOf(GOOD.getBytes(charset));
      assertThrows(FormatException.class, () -> Json.read(other, Document.class, "document"));
    }
    assertRejected("", "\0" + GOOD);
    assertRejected("", "\uFEFF" + GOOD);
  }

  @Test
  void rejectsMissingAndNullValues() {
    assertRejected("schema", GOOD.replace("\"schema\":\"s\",", ""));
    assertRejected("max", GOOD.replace("\"max-count\":3,", ""));
    assertRejected("parts", GOOD.replace(",\"parts\":[{\"size\":1}]", ""));
    assertRejected("schema", GOOD.replace("\"s\"", "null"));
    assertRejected("max-count: Cannot map", GOOD.replace(":3,", ":null,"));
    assertRejected("is empty", "null");
    assertRejected("", "");
  }

  @Test
  void rejectsValuesOfAnotherKind() {
    assertRejected("", GOOD.replace(":3,", ":\"3\","));
    assertRejected("", GOOD.replace(":3,", ":3.5,"));
    assertRejected("", GOOD.replace(":3,", ":true,"));
    assertRejected("", GOOD.replace(":3,", ":4294967299,"));
    assertRejected("", GOOD.replace("\"s\"", "7"));
    assertRejected("", GOOD.replace("\"one\"", "0"));
    assertRejected("", GOOD.replace("\"one\"", "\"three\""));
    assertRejected("", GOOD.replace("[{\"size\":1}]", "{\"size\":1}"));
    assertThrows(
        FormatException.class,
        () -> Json.read(Bytes.utf8("{\"on\":\"true\"}"), Flag.class, "flag"));
  }

  @Test
  void rejectsWhatIsNotStrictJson() {
    assertRejected("", GOOD.replace("}]}", "}],}"));
    assertRejected("", GOOD.replace("\"schema\"", "schema"));
    assertRejected("", "/* c */" + GOOD);
    assertRejected("", GOOD.replace(":3,", ":03,"));
    assertRejected("", GOOD.replace(":3,", ":NaN,"));
    assertRejected("", "[".repeat(1000));
    assertThrows(
        FormatException.class, () -> Json.read(Bytes.fromHex("22ff22"), String.class, "text"));
  }

  @Test
  void readsTheHousesValues() throws FormatException {
    var values =
        new Values(
            Bytes.fromHex("0a0b"),
            HashAlgorithm.SHA256.digest(Bytes.empty()),
            Instant.parse("2026-11-22T10:14:03Z"));
    var written = Json.write(values);
    assertTrue(written.utf8().contains("\"at\":\"2026-11-22T10:14:03Z\""));
    assertTrue(written.utf8().contains("\"raw\":\"Cgs=\""));
    assertEquals(values, Json.read(written, Values.class, "values"));
    for (String bad : List.of("Cgs", "C gs=", "Cgs=\\n")) {
      var json = Bytes.utf8(written.utf8().replace("Cgs=", bad));
      assertThrows(FormatException.class, () -> Json.read(json, Values.class, "values"), bad);
    }
    for (String bad : List.of("2026-11-22", "yesterday", "")) {
      var json = Bytes.utf8(written.utf8().replace("2026-11-22T10:14:03Z", bad));
      assertThrows(FormatException.class, () -> Json.read(json, Values.class, "values"), bad);
    }
  }

  record Moment(Instant at) {}

  /** Also in forms that are read in another way than the usual one. */
  @Test
  void readsInstantsAsTheJdkDoes() throws FormatException {
    for (String text :
        List.of(
            "2026-11-22T10:14:03Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2024-02-29T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:14:03.5Z",
            "2026-11-22T10:14:03+01:00",
            "2026-11-22t10:14:03z")) {
      assertEquals(Instant.parse(text), moment(text).at());
    }
    for (String bad :
        List.of(
            "2026-02-29T00:00:00Z",
            "2026-11-22T10:14:60Z",
            "2026-11-22T25:00:00Z",
            "2026-00-22T10:14:03Z",
            "2026-11-22 10:14:03Z",
            "2026-11-22T10:14:0xZ")) {
      assertThrows(FormatException.class, () -> moment(bad), bad);
    }
  }

  private static Moment moment(String text) throws FormatException {
    return Json.read(Bytes.utf8("{\"at\":\"%s\"}".formatted(text)), Moment.class, "moment");
  }

  record Blob(Bytes raw, String note) {}

  /** Base64 in ASCII is read where it lies, and in other text as the library reads it. */
  @Test
  void readsBase64InBothWays() throws FormatException {
    for (int size = 1; size < 70; size++) {
      Bytes raw = HashAlgorithm.SHA512.digest(Bytes.zeros(size)).value();
      raw = Bytes.concat(raw, raw).slice(0, size);
      String json = "{\"raw\":\"%s\",\"note\":\"n\"}".formatted(raw.base64());
      assertEquals(new Blob(raw, "n"), blob(json));
      assertEquals(new Blob(raw, "é"), blob(json.replace("\"n\"", "\"é\"")));
      assertEquals(new Blob(raw, "n"), blob(json.replace(raw.base64(), escaped(raw.base64()))));
    }
  }

  private static String escaped(String base64) {
    return "\\u%04x".formatted((int) base64.charAt(0)) + base64.substring(1);
  }

  private static Blob blob(String json) throws FormatException {
    return Json.read(Bytes.utf8(json), Blob.class, "blob");
  }

  @Test
  void saysTheSameOfBadBase64InBothWays() {
    for (String bad :
        List.of(
            "\"Cgs\"",
            "\"Cg==\\n\"",
            "\"C gs=\"",
            "\"Cgt=\"",
            "\"=\"",
            "\"Cgs=Cgs=\"",
            "\"C\ngs=\"",
            "\"Cg_s\"",
            "\"C\\\"s=\"",
            "7",
            "null",
            "true",
            "[]",
            "{}",
            "[\"AAAA\"]")) {
      String json = "{\"note\":\"n\",\"raw\":%s}".formatted(bad);
      var bytes = assertThrows(FormatException.class, () -> blob(json), bad);
      var text =
          assertThrows(FormatException.class, () -> blob(json.replace("\"n\"", "\"é\"")), bad);
      assertEquals(text.getMessage(), bytes.getMessage());
    }
  }

  @Test
  void saysWhereInTheTextAnErrorIs() {
    var rejected =
        assertThrows(FormatException.class, () -> read(GOOD.replace(",\"kind\"", ",\n\"king\"")));
    assertTrue(rejected.toString().contains("line 2"), rejected.toString());
  }

  @Test
  void yamlIsAsStrict() throws FormatException {
    String yaml = "schema: s\nmax-count: 3\nkind: one\nparts: [{size: 1}]\n";
    assertEquals(read(GOOD), Json.readYaml(Bytes.utf8(yaml), Document.class, "document"));
    for (String bad :
        List.of(
            yaml + "extra: 1\n",
            yaml + "kind: one\n",
            yaml.replace("kind: one\n", ""),
            yaml + "---\nschema: s\n",
            "")) {
      assertThrows(
          FormatException.class,
          () -> Json.readYaml(Bytes.utf8(bad), Document.class, "document"),
          bad);
    }
  }
}
