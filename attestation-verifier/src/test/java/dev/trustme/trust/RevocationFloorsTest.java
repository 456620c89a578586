// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.trust.TestAuthority.Subject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose lists a verifier remembers. */
class RevocationFloorsTest {
  private final TestAuthority root = TestAuthority.root("CN=root");
  private final TestAuthority middle = root.authority(Subject.authority("CN=middle", 1));
  private final TestAuthority low = middle.authority(Subject.authority("CN=low", 0));

  private static Set<?> set(List<?> list) {
    assertEquals(list.size(), Set.copyOf(list).size());
    return Set.copyOf(list);
  }

  @Test
  void authoritiesThatLeadToARootAreVouchedFor() {
    var roots = List.of(root.certificate());
    var shown = List.of(low.certificate(), middle.certificate());
    assertEquals(set(shown), set(RevocationFloors.vouched(roots, shown)));
    assertEquals(
        List.of(), RevocationFloors.vouched(roots, List.of(low.certificate())), "one is missing");
    assertEquals(List.of(), RevocationFloors.vouched(List.of(), shown));
    assertEquals(List.of(), RevocationFloors.vouched(roots, List.of()));
  }

  @Test
  void strangersAndDevicesAreNot() {
    var roots = List.of(root.certificate());
    var leaf = root.leaf(Subject.signer(Role.RELEASE));
    var stranger = TestAuthority.root("CN=stranger");
    var sameName = TestAuthority.root("CN=root").authority(Subject.authority("CN=middle", 1));
    var otherName = TestAuthority.root("CN=other").certify(middle, Subject.authority("CN=low", 0));
    assertEquals(
        List.of(middle.certificate()),
        RevocationFloors.vouched(
            roots,
            List.of(
                leaf,
                stranger.certificate(),
                sameName.certificate(),
                otherName,
                middle.certificate())));
  }
}
