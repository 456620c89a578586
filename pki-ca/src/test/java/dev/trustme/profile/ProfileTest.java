// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  private static final String DEVICE = Profile.shipped("device").orElseThrow().utf8();

  @ParameterizedTest
  @ValueSource(strings = {"device"})
  void everyShippedProfileParses(String name) throws Exception {
    assertEquals(List.of(name), Profile.SHIPPED);
    Profile.parse(Profile.shipped(name).orElseThrow());
  }

  @Test
  void bootCarriesBothUsesAndCodeSigning() throws Exception {
    var boot = Profile.parse(Bytes.utf8(DEVICE)).role(Role.BOOT).orElseThrow();
    assertEquals(List.of(Use.UEFI_DB, Use.KERNEL_MODULE), boot.use());
    assertEquals(3, Use.purposes(boot.use()).size());
  }

  @Test
  void anUnknownKeyIsNamedWithItsLine() {
    assertProblem(
        "organization: Example}", "organization: Example, unit: X}", "line 4, column", "unit");
  }

  @Test
  void aRepeatedKeyIsNamedWithItsLine() {
    assertProblem("  layer:   ", "  boot:   ", "line 18, column", "Duplicate field 'boot'");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertProblem("subject: {country: DE, organization: Example}", "", "line", "subject");
  }

  @Test
  void whatCannotBeIssuedIsRefused() {
    assertProblem("issuer: software-root,", "issuer: nobody,", "no authority is named 'nobody'");
    assertProblem(
        "customer-root, key: ec-p384, years: 10",
        "customer-root, key: ec-p384, years: 21",
        "longer than its issuer 'customer-root'");
    assertProblem(
        "key: ec-p384, years: 20}\n  software-signing",
        "issuer: software-signing, key: ec-p384, years: 10}\n  software-signing",
        "form a circle");
    assertProblem(
        "{issuer: device, key: ec-p256, years: 5",
        "{issuer: device, key: ec-p256, years: 11",
        "role 'enrolment': valid for 11 years");
    assertProblem(
        "common-name: Example Device CA, issuer: customer-root",
        "common-name: Example Device CA, issuer: software-signing",
        "path-length 0 of 'software-signing' does not allow it");
  }

  @Test
  void keysThatFirmwareCannotUseAreRefused() {
    assertProblem(
        "boot:      {issuer: software-signing, key: rsa-3072",
        "boot:      {issuer: software-signing, key: ec-p256",
        "take RSA only, found ec-p256");
    assertProblem("pk:  {key: rsa-3072", "pk:  {key: ec-p384", "firmware takes RSA only");
    assertProblem("db:  [boot]", "db:  [layer]", "role 'layer' lacks the use uefi-db");
    assertProblem("db:  [boot]", "db:  [root]", "no role is named 'root'");
  }

  @Test
  void wordsThatAreNotKnownAreRefusedWithTheKnownOnes() {
    assertProblem(
        "key: ec-p256, years: 5, use: [layer]",
        "key: rsa-1024, years: 5, use: [layer]",
        "unknown key type 'rsa-1024'; known: rsa-2048");
    assertProblem("use: [layer]", "use: [everything]", "unknown use 'everything'; known: uefi-db");
    assertProblem("use: [layer]", "use: [container]", "its uses do not name the role itself");
    assertProblem("  layer:     {", "  laier:     {", "role 'laier': is not known");
    assertProblem(
        "years: 3, use: [release]", "years: 0, use: [release]", "years: 1 to 50, found 0");
    assertProblem("trustme/profile/1", "trustme/profile/2", "expected schema trustme/profile/1");
    assertProblem("country: DE", "country: Germany", "expected two capitals");
  }

  private static void assertProblem(String part, String replacement, String... words) {
    assertTrue(DEVICE.contains(part), part);
    var changed = Bytes.utf8(DEVICE.replace(part, replacement));
    var e = assertThrows(FormatException.class, () -> Profile.parse(changed));
    for (String word : words) {
      assertTrue(e.problem().contains(word), e.problem());
    }
  }
}
