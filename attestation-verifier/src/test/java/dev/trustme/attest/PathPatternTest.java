// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
  private static boolean matches(String pattern, String path) {
    return PathPattern.parse(pattern).matches(Bytes.utf8(path));
  }

  @Test
  void matchesWholePathsOnly() {
    assertTrue(matches("/tmp", "/tmp"));
    assertFalse(matches("/tmp", "/tmpx"));
    assertFalse(matches("/tmp", "/tmp/x"));
    assertTrue(matches("/tmp/.*", "/tmp/x"));
    assertFalse(matches("/tmp/.*", "/tmpx/x"));
    assertFalse(matches("/tmp/.*", "/usr/tmp/x"));
    assertTrue(matches("/(tmp|run)/[^/]*", "/run/x"));
    assertFalse(matches("/(tmp|run)/[^/]*", "/run/x/y"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tmp/../x",
        "/tmp/./x",
        "/tmp/..",
        "tmp/x",
        "",
        "/tmp/a\nb",
        "/tmp/a\u0000",
        "/tmp/\u007f"
      })
  void namesThatAreNoPlainPathMatchNothing(String path) {
    assertFalse(matches("(?s).*", path));
  }

  @Test
  void namesWithDotsThatAreNoComponentDoMatch() {
    assertTrue(matches("/tmp/.*", "/tmp/..x/.y/a..b"));
  }

  @Test
  void namesThatAreNoTextMatchNothing() {
    var name = Bytes.concat(Bytes.utf8("/tmp/"), Bytes.fromHex("c328ff"));
    assertFalse(PathPattern.parse("(?s).*").matches(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tmp/(",
        "[a",
        "(?<=a)b",
        "\\1",
        "a{1001}",
        "((a{100}){100}){100}",
        "a{99999999}"
      })
  void refusesWhatIsNoPatternOrUnrolls(String pattern) {
    assertThrows(IllegalArgumentException.class, () -> PathPattern.parse(pattern));
  }

  @Test
  void areEqualByTheirText() {
    var one = PathPattern.parse("/a.*");
    assertEquals(one, PathPattern.parse("/a.*"));
    assertEquals(one.hashCode(), PathPattern.parse("/a.*").hashCode());
    assertNotEquals(one, PathPattern.parse("/b.*"));
    assertNotEquals(one, (Object) "/a.*");
    assertNotEquals(one.hashCode(), PathPattern.parse("/b.*").hashCode());
  }

  @Test
  void refusesLongPatterns() {
    assertThrows(IllegalArgumentException.class, () -> PathPattern.parse("a".repeat(1001)));
    assertEquals("a".repeat(1000), PathPattern.parse("a".repeat(1000)).toString());
  }

  /** A matcher that tries every way takes years for this. */
  @Test
  void takesTimeLinearToThePath() {
    var pattern = PathPattern.parse("/(a*)*b|/(a|aa)+c|/(a|a?)+d");
    var path = Bytes.utf8("/" + "a".repeat(4000));
    assertTimeout(Duration.ofSeconds(5), () -> assertFalse(pattern.matches(path)));
  }
}
