// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/** The library beside what may be said of a path without it. */
final class PathJudgement {
  private PathJudgement() {}

  /** Whether everything that comes before the library is right. */
  static boolean reachesTheLibrary(CandidatePath path, PathPolicy policy, Instant at) {
    boolean formed =
        CertificateForm.findings(path, policy.rules()).isEmpty()
            && List.of(
                    PathRules.validity(path, at),
                    PathRules.authorities(path, policy.authorities()),
                    PathRules.scope(path, policy))
                .stream()
                .noneMatch(Check::failed);
    return formed
        && !PathRules.usages(path, policy.purpose()).failed()
        && !NameSpace.check(path.certificates()).failed()
        && path.certificates().stream().allMatch(Certificates::inOrder);
  }

  /** Whether the path is one that is judged without the library; fails where they differ. */
  static boolean agrees(CandidatePath path, Instant at, String name) {
    if (!Pkix.isPlain(path)) {
      return false;
    }
    var ours = Pkix.check(path, at, Set.of(), new PathMemory());
    var library = Pkix.byLibrary(path, at, Set.of(), new PathMemory());
    assertFalse(!ours.failed() && library.failed(), name + ": " + library);
    assertFalse(ours.failed() && !library.failed(), name + ": " + ours);
    return !ours.failed();
  }
}
