// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.Sbat;
import java.util.ArrayList;
import java.util.List;

/**
 * The section .sbat against the level in force. shim, SBAT.md: a component that the level names may
 * not be of an older generation; one that it does not name is free.
 */
final class SbatCheck {
  private SbatCheck() {}

  /** The checks sbat-section and sbat-level. */
  static List<Check> of(PeImage image, ShimTrust trust) throws FormatException {
    if (image.section(".sbat").isEmpty()) {
      return List.of(missing(trust));
    }
    var entries = Sbat.of(image).entries();
    List<Check> checks = new ArrayList<>();
    checks.add(
        Check.pass(
            "sbat-section",
            String.join(
                ", ", entries.stream().map(e -> e.component() + " " + e.generation()).toList())));
    if (trust.level().isEmpty()) {
      checks.add(
          Check.warn(
              "sbat-level", "a level to compare with: --sbat-level, --shim or --vars", "none"));
      return checks;
    }
    var level = trust.level().get();
    for (var entry : entries) {
      int floor = level.generations().getOrDefault(entry.component(), 0);
      if (entry.generation() < floor) {
        checks.add(
            Check.fail(
                    "sbat-level",
                    "%s of generation %d or later".formatted(entry.component(), floor),
                    "generation %d (%s %s)"
                        .formatted(entry.generation(), entry.name(), entry.version()))
                .at("level " + level.dateStamp())
                .advise("this generation was revoked: take a newer " + entry.component()));
      }
    }
    if (checks.stream().noneMatch(Check::failed)) {
      checks.add(Check.pass("sbat-level", "not below level " + level.dateStamp()));
    }
    return checks;
  }

  private static Check missing(ShimTrust trust) {
    return trust.loadedByShim()
        ? Check.fail("sbat-section", "a section .sbat, without which shim starts nothing", "none")
            .advise("build it with an .sbat section: 'trustme sign uki --sbat'")
        : Check.notApplicable(
            "sbat-section", "none; shim asks for it only in what it starts itself");
  }
}
