// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private static final Scope ACME = new Scope("acme", Set.of(Role.GUEST_OS, Role.CONTAINER));

  @Test
  void readsWhatItWrites() throws FormatException {
    assertEquals(ACME, Scope.parse(ACME.encode()));
    var all = new Scope("a.b_c-9", EnumSet.allOf(Role.class));
    assertEquals(all, Scope.parse(all.encode()));
    assertEquals("acme for container, guest-os", ACME.toString());
  }

  @Test
  void theBytesAreThoseOfTheFormat() {
    var usages = new DERSequence(of(Role.CONTAINER, Role.GUEST_OS));
    assertEquals(der(new DERUTF8String("acme"), usages), ACME.encode());
    assertEquals(Role.ARC + ".2.1", ACME.extension().getExtnId().getId());
    assertFalse(ACME.extension().isCritical());
    assertEquals(ACME.encode(), Bytes.copyOf(ACME.extension().getExtnValue().getOctets()));
  }

  @Test
  void unknownRolesAreMalformed() {
    var unknown =
        new DERSequence(
            new ASN1Encodable[] {
              Role.CONTAINER.usage(), new ASN1ObjectIdentifier(Role.ARC + ".1.99")
            });
    assertMalformed("is no role", der(new DERUTF8String("acme"), unknown));
  }

  @Test
  void rolesComeOnceAndInOrder() {
    var name = new DERUTF8String("acme");
    var swapped = new DERSequence(of(Role.GUEST_OS, Role.CONTAINER));
    assertMalformed("out of order", der(name, swapped));
    var twice = new DERSequence(of(Role.CONTAINER, Role.CONTAINER));
    assertMalformed("repeated", der(name, twice));
    assertMalformed("0 roles", der(name, new DERSequence()));
  }

  @Test
  void aCustomerHasAPlainName() {
    var roles = new DERSequence(of(Role.CONTAINER));
    for (String name : List.of("", "Acme", "-acme", "a\u0000b", "a b", "x".repeat(65), "acmé")) {
      assertMalformed("no name of a customer", der(new DERUTF8String(name), roles));
      assertThrows(IllegalArgumentException.class, () -> new Scope(name, Set.of(Role.CONTAINER)));
    }
    assertThrows(IllegalArgumentException.class, () -> new Scope("acme", Set.of()));
    assertTrue(Scope.isCustomer("x".repeat(64)));
  }

  @Test
  void otherShapesAreMalformed() {
    var name = new DERUTF8String("acme");
    var roles = new DERSequence(of(Role.CONTAINER));
    assertMalformed("SEQUENCE of a UTF8String", der(name));
    assertMalformed("SEQUENCE of a UTF8String", der(name, roles, DERNull.INSTANCE));
    assertMalformed("SEQUENCE of a UTF8String", der(new DERIA5String("acme"), roles));
    assertMalformed("is no role", der(name, new DERSequence(DERNull.INSTANCE)));
    var whole = ACME.encode();
    assertThrows(FormatException.class, () -> Scope.parse(Bytes.concat(whole, Bytes.zeros(1))));
    for (int size = 0; size < whole.size(); size++) {
      var cut = whole.slice(0, size);
      assertThrows(FormatException.class, () -> Scope.parse(cut));
    }
  }

  private static ASN1Encodable[] of(Role... roles) {
    var usages = new ASN1Encodable[roles.length];
    for (int i = 0; i < roles.length; i++) {
      usages[i] = roles[i].usage();
    }
    return usages;
  }

  private static Bytes der(ASN1Encodable... fields) {
    try {
      return Bytes.copyOf(new DERSequence(fields).getEncoded("DER"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertMalformed(String problem, Bytes der) {
    var error = assertThrows(FormatException.class, () -> Scope.parse(der));
    assertTrue(error.problem().contains(problem), error.problem());
  }
}
