// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.trust.TestAuthority.Subject;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;

class RoleTest {
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");

  @Test
  void everyRoleHasItsOwnUsageAndLabel() {
    assertEquals(
        Role.values().length, Arrays.stream(Role.values()).map(Role::usage).distinct().count());
    for (Role role : Role.values()) {
      assertEquals(Optional.of(role), Role.byLabel(role.label()));
    }
    assertEquals(Optional.empty(), Role.byLabel("BOOT"));
    assertEquals("2.23.133.8.3", Role.ATTESTATION_KEY.usage().getId());
    assertTrue(Role.BOOT.usage().getId().startsWith(Role.ARC + "."));
  }

  @Test
  void aCertificateCarriesExactlyItsRoles() {
    var leaf = ROOT.leaf(Subject.signer(Role.BOOT, Role.MODULE));
    assertEquals(Set.of(Role.BOOT, Role.MODULE), Role.of(leaf));
  }

  @Test
  void anyPurposeIsNoRole() {
    var any = ROOT.leaf(Subject.signer().purposes(KeyPurposeId.anyExtendedKeyUsage));
    assertEquals(Set.of(), Role.of(any));
    assertFalse(Role.BOOT.in(ROOT.certificate()));
  }
}
