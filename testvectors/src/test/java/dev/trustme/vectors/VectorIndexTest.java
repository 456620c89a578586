// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import org.junit.jupiter.api.Test;

class VectorIndexTest {
  private static final String POSITIVE =
      """
      {"id":"good","comment":"c","flags":[],"files":{},"context":{},"expect":"accept"}\
      """;

  private static String index(String vectors) {
    return """
    {"schema":"trustme/vectors/1","family":"f","provenance":"p","vectors":[%s]}\
    """
        .formatted(vectors);
  }

  private static VectorIndex parse(String json) throws FormatException {
    return Json.read(Bytes.utf8(json), VectorIndex.class, "vector index");
  }

  private static String problem(String json) {
    return assertThrows(FormatException.class, () -> parse(json)).problem();
  }

  @Test
  void readsAPositive() throws FormatException {
    assertEquals("good", parse(index(POSITIVE)).vectors().getFirst().id());
  }

  @Test
  void refusesANegativeWithoutReason() {
    String negative =
        """
        {"id":"bad","comment":"c","flags":[],"twin":"good","files":{},"context":{},"expect":"reject"}\
        """;
    assertTrue(problem(index(POSITIVE + "," + negative)).contains("bad: a negative"));
  }

  @Test
  void refusesATwinThatIsNoPositive() {
    String negative =
        """
        {"id":"bad","comment":"c","flags":[],"twin":"nobody","files":{},"context":{},\
        "expect":"reject","reason":"r"}\
        """;
    assertTrue(problem(index(POSITIVE + "," + negative)).contains("twin nobody"));
  }

  @Test
  void refusesAnIdTwice() {
    assertTrue(problem(index(POSITIVE + "," + POSITIVE)).contains("id good twice"));
  }

  @Test
  void refusesAnUnknownKey() {
    assertTrue(
        problem(index(POSITIVE).replace("{\"schema", "{\"famly\":1,\"schema")).contains("famly"));
  }

  @Test
  void refusesAnotherSchema() {
    assertTrue(
        problem(index(POSITIVE).replace("vectors/1", "vectors/2")).contains("trustme/vectors/2"));
  }
}
