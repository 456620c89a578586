// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Into which PCRs the running system may measure, after firmware, loaders and kernel have: boot
 * phases (11), command lines and configuration (12), extensions (13), what the machine is (15).
 * Linux TPM PCR Registry. What it measured into 11, 12 and 14 is held against the release as well;
 * of 13 and 15 no release says anything, so naming them takes whatever is logged there.
 */
public record UserspaceRule(List<Integer> pcrs) {
  private static final Set<Integer> POSSIBLE = Set.of(11, 12, 13, 14, 15);

  public UserspaceRule {
    var sorted = new TreeSet<>(pcrs);
    Policy.require(
        !sorted.isEmpty() && POSSIBLE.containsAll(sorted),
        "require.userspace.pcrs: expected PCRs among 11 to 15");
    Policy.require(sorted.size() == pcrs.size(), "require.userspace.pcrs: a PCR appears twice");
    pcrs = List.copyOf(sorted);
  }
}
