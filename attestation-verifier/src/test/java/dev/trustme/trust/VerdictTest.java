// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Check GOOD = Check.pass("a", "x");
  private static final Check WARNING = Check.warn("b", "x", "y");
  private static final Check BAD = Check.fail("c", "x", "y");

  @Test
  void acceptsOnlyWithChecksOfWhichNoneFailed() {
    assertEquals(true, Verdict.of(List.of(GOOD, WARNING), () -> 1).accepted());
    assertEquals(false, Verdict.of(List.of(GOOD, BAD), () -> 1).accepted());
    assertEquals(false, Verdict.of(List.of(), () -> 1).accepted());
    assertThrows(
        IllegalArgumentException.class, () -> new Verdict.Accepted<>(1, List.of(GOOD, BAD)));
    assertThrows(IllegalArgumentException.class, () -> new Verdict.Accepted<>(1, List.of()));
  }

  @Test
  void aRejectionKeepsItsChecks() {
    var rejected = new Verdict.Rejected<Integer>(List.of(GOOD, BAD));
    Verdict.Rejected<String> larger = rejected.as();
    assertEquals(List.of(GOOD, BAD), larger.checks());
    assertEquals(List.of(BAD), larger.failures());
  }

  @Test
  void aCheckSaysWhereAndWhatToDo() {
    var check = BAD.at("there").advise("mend it");
    assertEquals("there", check.where());
    assertEquals("mend it", check.advice());
    assertEquals(true, check.failed());
    assertEquals(true, WARNING.warns());
  }

  @Test
  void customersSignOnlyWhatIsTheirs() {
    for (ArtifactKind kind : ArtifactKind.values()) {
      assertEquals(Optional.of(kind), ArtifactKind.byLabel(kind.label()));
      assertEquals(Optional.of(PathPolicy.of(kind.role())), kind.policy(Optional.empty()));
      assertEquals(
          kind.customers()
              ? Optional.of(PathPolicy.of(kind.role()).ofCustomer("acme"))
              : Optional.empty(),
          kind.policy(Optional.of("acme")));
    }
    assertEquals(true, ArtifactKind.CONTAINER_MANIFEST.customers());
    assertEquals(false, ArtifactKind.RELEASE_MANIFEST.customers());
    assertEquals(Optional.empty(), ArtifactKind.byLabel("container"));
  }
}
