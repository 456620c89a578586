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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseDiffTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2028-01-01T00:00:00Z");

  private static Digest digest(String of) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(of));
  }

  private static Measurement pcr(int pcr, String... events) {
    return Measurement.of(
        "direct-uki",
        "kernel",
        pcr,
        HashAlgorithm.SHA256,
        Arrays.stream(events)
            .map(name -> new Measurement.Event("EV_IPL", name, digest(name)))
            .toList());
  }

  private static ReleaseManifest release(
      long sequence, long web, Optional<Floors> floors, String signer, Measurement... measured) {
    return ReleaseManifest.of(
        "gateway",
        sequence,
        new ReleaseManifest.Validity(FROM, TO, floors),
        new ReleaseManifest.Contents(
            List.of(),
            List.of(
                new ContainerEntry("web", web, digest("m" + web), digest("r"), digest("l"), 13)),
            List.of(measured)),
        Map.of("modules", List.of(digest(signer))));
  }

  private static Optional<Floors> floors(long release, long web) {
    return Optional.of(new Floors(release, Map.of("web", web), Map.of()));
  }

  private static List<String> needs(ReleaseDiff diff) {
    return diff.needs().stream().map(ReleaseDiff.Need::id).toList();
  }

  @Test
  void theSameReleaseNeedsNothingButARisingSequence() {
    var release = release(41, 9, Optional.empty(), "key", pcr(4, "a"));
    var diff = ReleaseDiff.of(release, release);
    assertTrue(diff.isEmpty());
    assertEquals(List.of("sequence"), needs(diff));
    var next = release(42, 9, Optional.empty(), "key", pcr(4, "a"));
    assertEquals(List.of(), needs(ReleaseDiff.of(release, next)));
  }

  @Test
  void namesEveryEventThatChanges() {
    var diff =
        ReleaseDiff.of(
            release(41, 9, Optional.empty(), "key", pcr(4, "a", "b", "c"), pcr(9, "x")),
            release(42, 9, Optional.empty(), "key", pcr(4, "a", "n", "c", "d"), pcr(9, "x")));
    assertEquals(1, diff.measurements().size());
    assertEquals(
        List.of("- b", "+ n", "+ d"),
        diff.measurements().getFirst().events().stream()
            .map(e -> e.sign() + " " + e.name())
            .toList());
    assertEquals(List.of("seal"), needs(diff));
  }

  @Test
  void saysWhatADeviceNeeds() {
    var diff =
        ReleaseDiff.of(
            release(41, 9, Optional.empty(), "key", pcr(7, "db")),
            release(42, 10, floors(41, 10), "other", pcr(7, "db2")));
    assertEquals(
        List.of("enrol-signer", "seal", "secure-boot-keys", "floor-release", "floor-container"),
        needs(diff));
    assertEquals("web", diff.containers().getFirst().name());
    var back =
        ReleaseDiff.of(
            release(42, 10, floors(41, 10), "key"), release(43, 11, floors(41, 9), "key"));
    assertEquals(List.of("floor-lowered"), needs(back));
  }

  @Test
  void aFloorAboveTheReleaseItselfIsMalformed() {
    var good = release(41, 9, floors(41, 9), "key");
    String json = good.encode().utf8();
    for (String floors : List.of("\"release\":42", "\"release\":0")) {
      String changed = json.replace("\"release\":41", floors);
      assertThrows(FormatException.class, () -> ReleaseManifest.parse(Bytes.utf8(changed)));
    }
    String above = json.replace("\"containers\":{\"web\":9}", "\"containers\":{\"web\":10}");
    var e = assertThrows(FormatException.class, () -> ReleaseManifest.parse(Bytes.utf8(above)));
    assertTrue(e.problem().contains("above the release's own version 9"), e.problem());
  }
}
