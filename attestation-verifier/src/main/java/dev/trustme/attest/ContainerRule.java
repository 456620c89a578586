// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.trustme.artifact.ContainerManifest;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which containers may run: those of the release, and of customers whose roots {@code
 * trust.customers} names, all told by the container log.
 *
 * @param pcr which holds that log and nothing else: 13, or another that the release names
 * @param content how each image is kept as it was signed
 * @param floors the lowest version of each container named here
 */
public record ContainerRule(int pcr, Content content, Optional<Map<String, Long>> floors) {
  /** VERITY: the kernel checks every block it reads; VERIFIED_AT_START: that is enough. */
  public enum Content {
    VERITY,
    VERIFIED_AT_START;

    @JsonValue
    public String label() {
      return Policy.label(this);
    }

    @JsonCreator
    static Content byLabel(String label) {
      return Policy.byLabel(values(), label, "require.containers.content");
    }

    /** Whether an image that was started in this way is kept well enough. */
    boolean takes(String started) {
      return this == VERIFIED_AT_START || started.equals(VERITY.label());
    }
  }

  public ContainerRule {
    Policy.require(
        pcr == 8 || (pcr >= 12 && pcr <= 15),
        "require.containers.pcr: expected a PCR that no release predicts: 8 or 12 to 15");
    floors = floors.map(ContainerRule::copy);
  }

  private static Map<String, Long> copy(Map<String, Long> floors) {
    Policy.require(!floors.isEmpty(), "require.containers.floors: expected a container");
    floors.forEach((name, version) ->
        Policy.require(
            ContainerManifest.isName(name) && version >= 1,
            "require.containers.floors: expected names and versions from 1 on"));
    return Collections.unmodifiableMap(new TreeMap<>(floors));
  }

  long floor(String name) {
    return floors.map(f -> f.getOrDefault(name, 0L)).orElse(0L);
  }
}
