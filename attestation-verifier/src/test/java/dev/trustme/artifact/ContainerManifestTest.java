// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContainerManifestTest {
  static final String GOOD =
      "{\"schema\":\"trustme/container/1\",\"name\":\"web\",\"version\":7,"
          + "\"platform\":\"linux/amd64\",\"image\":{\"media-type\":"
          + "\"application/vnd.trustme.image.squashfs.verity\",\"size\":16384,"
          + "\"sha256\":\"sha256:"
          + "00".repeat(32)
          + "\",\"verity\":{\"root-hash\":\"sha256:"
          + "11".repeat(32)
          + "\",\"salt\":\"qrs=\",\"data-blocks\":2,\"hash-start\":3}},"
          + "\"launch\":{\"args\":[\"/bin/web\",\"-v\"],\"env\":[\"A=b=c\"],\"cwd\":\"/\","
          + "\"user\":{\"uid\":1000,\"gid\":1000},\"capabilities\":[\"CAP_CHOWN\"],\"mounts\":["
          + "{\"type\":\"tmpfs\",\"target\":\"/tmp\",\"size\":1048576}],\"network\":\"none\","
          + "\"limits\":{\"memory\":67108864,\"pids\":64}},"
          + "\"not-after\":\"2030-01-01T00:00:00Z\",\"requires\":{\"content\":\"verified-at-start\"}}";

  @Test
  void readsAndWritesTheSameBytes() throws FormatException {
    var manifest = ContainerManifest.parse(Bytes.utf8(GOOD));
    assertEquals(GOOD, manifest.encode().utf8());
    assertEquals("aabb", manifest.image().verity().salt().slice(0, 2).hex());
  }

  @Test
  void digestsTheLaunchDescriptionAsItStandsInTheManifest() throws FormatException {
    int from = GOOD.indexOf("\"launch\":") + "\"launch\":".length();
    String launch = GOOD.substring(from, GOOD.indexOf(",\"not-after\""));
    assertEquals(
        HashAlgorithm.SHA256.digest(Bytes.utf8(launch)),
        ContainerManifest.parse(Bytes.utf8(GOOD)).launch().digest());
  }

  @Test
  void rejectsWhatDiffersInOneThing() {
    var changes =
        Map.ofEntries(
            Map.entry("\"name\":\"web\"", "\"name\":\"../web\""),
            Map.entry("sha256:" + "00".repeat(32), "sha512:" + "00".repeat(64)),
            Map.entry("sha256:" + "11".repeat(32), "sha512:" + "11".repeat(64)),
            Map.entry("application/vnd.trustme.image.squashfs.verity", "application/octet-stream"),
            Map.entry("\"version\":7", "\"version\":0"),
            Map.entry("\"version\":7,", ""),
            Map.entry("container/1", "container/2"),
            Map.entry("\"args\":[\"/bin/web\",\"-v\"]", "\"args\":[]"),
            Map.entry("\"A=b=c\"", "\"A=1\",\"A=2\""),
            Map.entry("\"cwd\":\"/\"", "\"cwd\":\"/a/../b\""),
            Map.entry("CAP_CHOWN", "CAP_SYS_ADMIN"),
            Map.entry("\"/tmp\"", "\"/proc/x\""),
            Map.entry("\"none\"", "\"host\""),
            Map.entry("\"uid\":1000", "\"uid\":-1"),
            Map.entry("\"pids\":64", "\"pids\":64,\"cpu\":1"),
            Map.entry("\"size\":16384", "\"size\":16385"),
            Map.entry("\"hash-start\":3", "\"hash-start\":2"),
            Map.entry("\"not-after\"", " \"not-after\""),
            Map.entry("00:00:00Z", "00:00:00.5Z"),
            Map.entry("2030-01-01T00:00:00Z", "2030-01-01T00:00:00.000Z"));
    changes.forEach((from, to) -> {
      assertTrue(GOOD.contains(from), from);
      assertThrows(
          FormatException.class,
          () -> ContainerManifest.parse(Bytes.utf8(GOOD.replace(from, to))),
          to);
    });
  }

  @Test
  void targetsAreSomeAndEachOnce() {
    var one = UUID.fromString("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");
    assertEquals(1, targets(List.of(one), List.of()).devices().orElseThrow().size());
    assertEquals(1, targets(List.of(), List.of("lab")).groups().orElseThrow().size());
    assertEquals(10_000, targets(devices(10_000), List.of()).devices().orElseThrow().size());
    assertThrows(IllegalArgumentException.class, () -> targets(List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> targets(devices(10_000), List.of("lab")));
    assertThrows(IllegalArgumentException.class, () -> targets(List.of(one, one), List.of()));
    assertThrows(IllegalArgumentException.class, () -> targets(List.of(), List.of("lab", "lab")));
    assertThrows(IllegalArgumentException.class, () -> targets(List.of(), List.of("The Lab")));
  }

  private static ContainerManifest.Targets targets(List<UUID> devices, List<String> groups) {
    return new ContainerManifest.Targets(Optional.of(devices), Optional.of(groups));
  }

  private static List<UUID> devices(int count) {
    return IntStream.range(0, count).mapToObj(i -> new UUID(0, i)).toList();
  }
}
