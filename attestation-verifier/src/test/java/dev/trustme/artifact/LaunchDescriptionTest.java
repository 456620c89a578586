// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.artifact.LaunchDescription.Limits;
import dev.trustme.artifact.LaunchDescription.Mount;
import dev.trustme.artifact.LaunchDescription.MountType;
import dev.trustme.artifact.LaunchDescription.User;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds of what a container may ask for, each at its edge. */
class LaunchDescriptionTest {
  private static final Limits LIMITS = new Limits(1L << 20, 1);

  private static LaunchDescription launch(List<String> args, String cwd, List<Mount> mounts) {
    return new LaunchDescription(
        args,
        List.of(),
        cwd,
        new User(0, 0),
        List.of(),
        mounts,
        Network.NONE,
        LIMITS,
        Optional.empty());
  }

  private static void assertMade(boolean made, Supplier<?> value) {
    if (made) {
      assertEquals(value.get(), value.get());
    } else {
      assertThrows(IllegalArgumentException.class, value::get);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, true",
    "65535, 65535, true",
    "65536, 0, false",
    "0, 65536, false",
    "-1, 0, false",
    "0, -1, false"
  })
  void idsThatExistInside(int uid, int gid, boolean made) {
    assertMade(made, () -> new User(uid, gid));
  }

  @ParameterizedTest
  @CsvSource({
    "1048576, 1, true",
    "1048575, 1, false",
    "1048576, 0, false",
    "1048576, 4194304, true",
    "1048576, 4194305, false"
  })
  void limits(long memory, int pids, boolean made) {
    assertMade(made, () -> new Limits(memory, pids));
  }

  @ParameterizedTest
  @CsvSource({
    "/tmp, 4096, true",
    "/tmp, 1099511627776, true",
    "/tmp, 4095, false",
    "/tmp, 1099511627777, false",
    "tmp, 4096, false",
    "/, 4096, false",
    "/tmp/, 4096, false",
    "/a//b, 4096, false",
    "/a/../b, 4096, false",
    "/a/./b, 4096, false",
    "/proc, 4096, false",
    "/sys/kernel, 4096, false",
    "/dev/shm, 4096, false",
    "/device, 4096, true"
  })
  void mounts(String target, long size, boolean made) {
    assertMade(made, () -> Mount.tmpfs(target, size));
  }

  @Test
  void aVolumeAndOnlyAVolumeHasAName() {
    assertMade(true, () -> new Mount(MountType.VOLUME, "/data", 4096, Optional.of("data")));
    assertMade(false, () -> new Mount(MountType.VOLUME, "/data", 4096, Optional.empty()));
    assertMade(false, () -> new Mount(MountType.TMPFS, "/data", 4096, Optional.of("data")));
    assertMade(false, () -> new Mount(MountType.VOLUME, "/data", 4096, Optional.of("Da ta")));
  }

  @Test
  void argumentsHaveBounds() {
    assertMade(true, () -> launch(Collections.nCopies(1024, "/a"), "/", List.of()));
    assertMade(false, () -> launch(Collections.nCopies(1025, "/a"), "/", List.of()));
    assertMade(true, () -> launch(List.of("a".repeat(32 * 1024)), "/", List.of()));
    assertMade(false, () -> launch(List.of("a".repeat(32 * 1024 + 1)), "/", List.of()));
    assertMade(false, () -> launch(List.of("/a", "b\0"), "/", List.of()));
    assertMade(false, () -> launch(List.of("\0"), "/", List.of()));
    assertMade(false, () -> launch(List.of(), "/", List.of()));
    assertMade(false, () -> launch(List.of(""), "/", List.of()));
  }

  @Test
  void foldersAreAbsoluteAndMountsDistinct() {
    assertMade(true, () -> launch(List.of("/a"), "/" + "a".repeat(32 * 1024 - 1), List.of()));
    assertMade(false, () -> launch(List.of("/a"), "/" + "a".repeat(32 * 1024), List.of()));
    assertMade(false, () -> launch(List.of("/a"), "home", List.of()));
    var one = Mount.tmpfs("/tmp", 4096);
    var other = new Mount(MountType.VOLUME, "/data", 4096, Optional.of("data"));
    var sameName = new Mount(MountType.VOLUME, "/more", 4096, Optional.of("data"));
    assertMade(true, () -> launch(List.of("/a"), "/", List.of(one, other)));
    assertMade(false, () -> launch(List.of("/a"), "/", List.of(one, one)));
    assertMade(false, () -> launch(List.of("/a"), "/", List.of(other, sameName)));
  }
}
