// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.Sbat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a boot image would still start once SbatLevel says what a release's floor says: shim
 * compares the components that both name. shim, SBAT.md.
 */
record SbatFloor(ReleaseConfig.Floor floor) {
  List<Check> check(PeImage image, Path file) {
    Map<String, Long> wanted = floor.sbat().orElse(Map.of());
    if (wanted.isEmpty()) {
      return List.of();
    }
    try {
      List<Check> checks = new ArrayList<>();
      for (var entry : Sbat.of(image).entries()) {
        long least = wanted.getOrDefault(entry.component(), 0L);
        String expected = "%s %d or more".formatted(entry.component(), least);
        String seen = "%s %d".formatted(entry.component(), entry.generation());
        checks.add(
            (entry.generation() >= least
                    ? Check.pass("floor-sbat", seen)
                    : Check.fail("floor-sbat", expected, seen)
                        .advise("the floor would keep the release itself from booting"))
                .at(file.toString()));
      }
      return checks;
    } catch (FormatException e) {
      return List.of(
          Check.fail("floor-sbat", "an image with SBAT", e.problem()).at(file.toString()));
    }
  }
}
