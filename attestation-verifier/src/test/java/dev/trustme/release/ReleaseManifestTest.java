// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseManifestTest {
  private static final Digest SOME = HashAlgorithm.SHA256.digest(Bytes.utf8("some"));

  static ReleaseManifest example() {
    var events = List.of(new Measurement.Event("EV_IPL", ".linux", SOME));
    return ReleaseManifest.of(
        "acme-gateway",
        41,
        new ReleaseManifest.Validity(
            Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2028-01-01T00:00:00Z")),
        new ReleaseManifest.Contents(
            List.of(
                new Artifact(
                    "uki",
                    "boot.efi",
                    12,
                    Map.of("sha256", SOME, "authenticode-sha256", SOME),
                    Optional.of(SOME),
                    Optional.of("systemd-stub 252.39-1~deb12u2"))),
            List.of(new ContainerEntry("web", 9, SOME, SOME, SOME, 13)),
            List.of(Measurement.of("direct-uki", "kernel", 11, HashAlgorithm.SHA256, events))),
        Map.of("modules", List.of(SOME)));
  }

  private static FormatException rejected(String from, String to) {
    String text = example().encode().utf8();
    assertTrue(text.contains(from), () -> from + " in " + text);
    return assertThrows(
        FormatException.class, () -> ReleaseManifest.parse(Bytes.utf8(text.replace(from, to))));
  }

  @Test
  void readsWhatItWrote() throws FormatException {
    assertEquals(example(), ReleaseManifest.parse(example().encode()));
    assertEquals(example().encode(), ReleaseManifest.parse(example().encode()).encode());
  }

  @Test
  void writesSpecificationNames() {
    String json = example().encode().utf8();
    assertTrue(json.contains("\"not-after\":\"2028-01-01T00:00:00Z\""), json);
    assertTrue(json.contains("\"bank\":\"sha256\""), json);
    assertTrue(json.contains("\"root-hash\":\"sha256:"), json);
  }

  @Test
  void rejectsValueThatItsEventsDoNotReplayTo() {
    String value = example().measurements().getFirst().value().hex();
    String other = (value.charAt(0) == '0' ? "1" : "0") + value.substring(1);
    assertTrue(rejected(value, other).problem().contains("its events replay to"));
  }

  @Test
  void rejectsUnknownKeyAndMissingKeyAndOtherSchema() {
    rejected("\"sequence\":41", "\"sequence\":41,\"surplus\":1");
    rejected("\"sequence\":41,", "");
    rejected("\"sequence\":41", "\"sequence\":\"41\"");
    rejected("\"sequence\":41", "\"sequence\":41,\"sequence\":41");
    rejected("trustme/release/1", "trustme/release/2");
    rejected("\"not-after\":\"2028", "\"not-after\":\"2025");
    rejected("\"bank\":\"sha256\"", "\"bank\":\"SHA256\"");
    rejected("\"bank\":\"sha256\"", "\"bank\":1");
    rejected("\"containers\":[", "\"containers\":[null,");
  }

  @Test
  void rejectsControlCharactersInNames() {
    rejected("\"name\":\".linux\"", "\"name\":\"\\u001b[31m\"");
    rejected("\"name\":\"acme-gateway\"", "\"name\":\"../x\"");
  }
}
