// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device does not go below any more, once it has confirmed a release.
 *
 * @param release the lowest sequence that may boot
 * @param containers the lowest version of each container; also of such as the release has not
 * @param sbat the lowest generation of each SBAT component, as SbatLevel is to say
 */
public record Floors(long release, Map<String, Long> containers, Map<String, Long> sbat) {
  public Floors {
    containers = Collections.unmodifiableMap(new TreeMap<>(containers));
    sbat = Collections.unmodifiableMap(new TreeMap<>(sbat));
    requirePositive("floors.release", release);
    containers.forEach((name, version) -> {
      Fields.requireName("floors.containers", name);
      requirePositive("floors.containers", version);
    });
    sbat.forEach((component, generation) -> {
      Fields.requireName("floors.sbat", component);
      requirePositive("floors.sbat", generation);
    });
  }

  private static void requirePositive(String field, long value) {
    Fields.require(value >= 1, "%s: expected 1 or more, found %d".formatted(field, value));
  }

  /** No release shuts itself or its own containers out. */
  void requireBelow(long sequence, Iterable<ContainerEntry> shipped) {
    Fields.require(
        release <= sequence,
        "floors.release: %d is above the release's own sequence %d".formatted(release, sequence));
    for (var container : shipped) {
      Fields.require(
          containers.getOrDefault(container.name(), 0L) <= container.version(),
          "floors.containers: %s %d is above the release's own version %d"
              .formatted(container.name(), containers.get(container.name()), container.version()));
    }
  }
}
