// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.release.ReleaseDiff.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a device that runs one release needs, to accept the next. */
final class ReleaseNeeds {
  private static final int SECURE_BOOT = 7;
  private static final int SHIM = 14;
  private static final Map<String, String> HOLDERS =
      Map.of(
          "firmware", "firmware's db (or shim's MokList)",
          "modules", "the kernel's keyring",
          "layers", "the kernel's keyring",
          "containers", "a path to the device's roots for containers");

  private final ReleaseManifest before;
  private final ReleaseManifest after;
  private final List<Need> needs = new ArrayList<>();

  ReleaseNeeds(ReleaseManifest before, ReleaseManifest after) {
    this.before = before;
    this.after = after;
  }

  List<Need> list(List<ReleaseDiff.Signers> signers, List<ReleaseDiff.Pcr> measurements) {
    order();
    for (var change : signers) {
      if (!change.added().isEmpty()) {
        add(
            "enrol-signer",
            "new %s signer %s: enrol it in %s before the update"
                .formatted(
                    change.use(),
                    change.added(),
                    HOLDERS.getOrDefault(change.use(), "what judges " + change.use())));
      }
    }
    measured(measurements);
    floors();
    return needs;
  }

  private void order() {
    if (!before.name().equals(after.name())) {
      add(
          "policy-name",
          "another product (%s, was %s): policies name it".formatted(after.name(), before.name()));
    }
    if (after.sequence() <= before.sequence()) {
      add(
          "sequence",
          "sequence %d does not rise above %d: devices that confirmed the latter refuse it"
              .formatted(after.sequence(), before.sequence()));
    }
  }

  private void measured(List<ReleaseDiff.Pcr> measurements) {
    if (measurements.isEmpty()) {
      return;
    }
    String pcrs =
        measurements.stream()
            .map(m -> String.valueOf(m.pcr()))
            .distinct()
            .collect(Collectors.joining(", "));
    add("seal", "PCR %s change: secrets sealed to them need a new signed policy".formatted(pcrs));
    if (measurements.stream().anyMatch(m -> m.pcr() == SECURE_BOOT || m.pcr() == SHIM)) {
      add(
          "secure-boot-keys",
          "Secure Boot's variables change: enrol PK, KEK, db, dbx or MokList as measured");
    }
    if (!paths(before).containsAll(paths(after))) {
      add("policy-boot", "boot path or phase %s: policies name it".formatted(paths(after)));
    }
  }

  private static Set<String> paths(ReleaseManifest manifest) {
    return manifest.measurements().stream()
        .map(m -> m.path() + " " + m.phase())
        .collect(Collectors.toSet());
  }

  private void floors() {
    var old = before.floors();
    after
        .floors()
        .ifPresent(now -> {
          long was = old.map(Floors::release).orElse(0L);
          if (now.release() > was) {
            add("floor-release", "releases below %d boot no more".formatted(now.release()));
          }
          raised("floor-container", old.map(Floors::containers).orElse(Map.of()), now.containers());
          raised("floor-sbat", old.map(Floors::sbat).orElse(Map.of()), now.sbat());
        });
    if (lowered()) {
      add("floor-lowered", "a floor is lower than before: devices keep the higher one");
    }
  }

  private boolean lowered() {
    var now = after.floors();
    return before
        .floors()
        .map(old ->
            now.map(Floors::release).orElse(0L) < old.release()
                || below(now.map(Floors::containers).orElse(Map.of()), old.containers())
                || below(now.map(Floors::sbat).orElse(Map.of()), old.sbat()))
        .orElse(false);
  }

  private static boolean below(Map<String, Long> now, Map<String, Long> old) {
    return old.entrySet().stream().anyMatch(e -> now.getOrDefault(e.getKey(), 0L) < e.getValue());
  }

  private void raised(String id, Map<String, Long> old, Map<String, Long> now) {
    now.forEach((name, floor) -> {
      if (floor > old.getOrDefault(name, 0L)) {
        add(id, "%s below %d is refused from then on".formatted(name, floor));
      }
    });
  }

  private void add(String id, String words) {
    needs.add(new Need(id, words));
  }
}
