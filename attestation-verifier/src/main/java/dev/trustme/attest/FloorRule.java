// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Secure Boot must refuse at least: floors that a release with its exact PCR 7 need not keep.
 *
 * @param dbx what the forbidden signatures must hold
 * @param sbat the lowest generation that counts, by component, of shim's SbatLevel. shim, SBAT.md
 */
public record FloorRule(Optional<Dbx> dbx, Optional<Map<String, Integer>> sbat) {
  /**
   * A floor of dbx.
   *
   * @param entries so many signatures, of whatever type
   * @param contains image digests that must be among them
   */
  public record Dbx(int entries, Optional<List<Digest>> contains) {
    public Dbx {
      Policy.require(entries >= 1, "require.floors.dbx.entries: expected 1 or more");
      contains = contains.map(List::copyOf);
    }

    List<Digest> digests() {
      return contains.orElse(List.of());
    }
  }

  public FloorRule {
    Policy.require(
        dbx.isPresent() || sbat.isPresent(), "require.floors: expected dbx, sbat, or both");
    sbat = sbat.map(FloorRule::copy);
  }

  private static Map<String, Integer> copy(Map<String, Integer> generations) {
    Policy.require(!generations.isEmpty(), "require.floors.sbat: expected a component");
    generations.forEach((component, generation) ->
        Policy.require(
            generation >= 1, "require.floors.sbat: expected 1 or more for " + component));
    return Collections.unmodifiableMap(new TreeMap<>(generations));
  }
}
