// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import java.util.Optional;

/** Whatever can be read can be linted. */
class LintInputFuzzTest {
  @FuzzTest
  void parse(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var found = LintInput.parse(bytes);
          var set = new SetLint(found.certificates());
          set.shared();
          found.certificates().forEach(set::findings);
          found.requests().forEach(RequestLint::findings);
          found.lists().forEach(l -> CrlLint.findings(l, Optional.empty(), Specimen.AT));
        });
  }
}
