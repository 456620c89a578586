// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.attest.PolicyOutline.Weight;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PolicyOutlineTest {
  /** The outline is made without evidence: a verdict has to agree with it. */
  @Test
  void leavesOutWhatVerdictsCallNotApplicable() throws FormatException {
    var scenario = new Scenario();
    Set<String> left =
        PolicyOutline.of(scenario.policy).checks().stream()
            .filter(line -> line.weight() == Weight.NOT_ASKED)
            .map(PolicyOutline.Line::id)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> notApplicable =
        scenario.judge().checks().stream()
            .filter(c -> c.result() == Check.Result.NOT_APPLICABLE)
            .map(Check::id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(notApplicable, left);
  }

  @Test
  void tellsWhatIsTolerated() {
    var outline = PolicyOutline.of(Scenario.policy("tolerate: [log-other-banks]\n"));
    assertEquals(1, outline.count(Weight.TOLERATED));
  }
}
