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
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final String DEVICE = Profile.shipped("device").orElseThrow().utf8();

  @Test
  void everyShippedProfileParses() throws Exception {
    for (String name : Profile.SHIPPED) {
      Profile.parse(Profile.shipped(name).orElseThrow());
    }
    assertTrue(Profile.shipped("no-such").isEmpty());
  }

  @Test
  void bootCarriesBothUsesAndCodeSigning() throws Exception {
    var boot = Profile.parse(Bytes.utf8(DEVICE)).role(Role.BOOT).orElseThrow();
    assertEquals(List.of(Use.UEFI_DB, Use.KERNEL_MODULE), boot.use());
    assertEquals(3, Use.purposes(boot.use()).size());
  }

  /** shim takes a key of its MokList for boot images unless it has this usage. */
  @Test
  void aKeyForModulesAloneSaysSo() {
    var modulesOnly = new ASN1ObjectIdentifier("1.3.6.1.4.1.2312.16.1.2");
    assertTrue(
        Use.purposes(List.of(Use.KERNEL_MODULE)).stream()
            .anyMatch(p -> p.toOID().equals(modulesOnly)));
    assertTrue(
        Use.purposes(List.of(Use.UEFI_DB, Use.KERNEL_MODULE)).stream()
            .noneMatch(p -> p.toOID().equals(modulesOnly)));
  }

  @Test
  void anUnknownKeyIsNamedWithItsLine() {
    assertProblem(
        "organization: Example}", "organization: Example, unit: X}", "line 5, column", "unit");
  }

  @Test
  void aRepeatedKeyIsNamedWithItsLine() {
    assertProblem("  layer:   ", "  boot:   ", "Duplicate field 'boot'", "line 5");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertProblem("subject: {country: DE, organization: Example}", "", "line", "subject");
  }

  @Test
  void whatCannotBeIssuedIsRefused() {
    assertProblem("issuer: software-root\n", "issuer: nobody\n", "no authority is named 'nobody'");
    assertProblem(
        "customer-root:    {common-name: Example Customer Root, key: ec-p384, years: 20",
        "customer-root:    {common-name: Example Customer Root, key: ec-p384, years: 9",
        "longer than its issuer 'customer-root'");
    assertProblem(
        "software-root:    {common-name: Example Software Root,",
        "software-root:    {issuer: software-signing,",
        "longer than its issuer");
    assertProblem(
        "software-root:    {common-name: Example Software Root, key: ec-p384, years: 20",
        "software-root:    {issuer: software-signing, key: ec-p384, years: 10",
        "form a circle");
    assertProblem(
        "{issuer: device, key: ec-p256, years: 5",
        "{issuer: device, key: ec-p256, years: 11",
        "role 'enrolment': valid for 11 years");
    assertProblem(
        "common-name: Example Device CA\n    issuer: customer-root",
        "common-name: Example Device CA\n    issuer: backend",
        "path-length 0 of 'backend' does not allow it");
  }

  @Test
  void whatAnAuthorityMayNotIssueIsRefused() {
    assertProblem(
        "layer:      {issuer: software-signing",
        "layer:      {issuer: backend",
        "role 'layer': an authority above it issues [backend] only");
    assertProblem(
        "{issuer: customer-guests, years: 3, use: [container, guest-os]",
        "{issuer: customer-guests, years: 3, use: [release]",
        "template 'guest-signing': an authority above it issues");
    assertProblem(
        "roles: [container, guest-os]}",
        "roles: [container]}",
        "is outside the scope of customer 'example-customer', which is [container]");
    assertProblem(
        "roles: [container, guest-os]}", "roles: [everything]}", "unknown role 'everything'");
    assertProblem("enrolment: {issuer: device", "enrolment: {issuer: user", "issues [user] only");
  }

  @Test
  void keysThatFirmwareCannotUseAreRefused() {
    assertProblem(
        "boot:       {issuer: software-signing, key: rsa-3072",
        "boot:       {issuer: software-signing, key: ec-p256",
        "take RSA only, found ec-p256");
    assertProblem("pk:  {key: rsa-3072", "pk:  {key: ec-p384", "firmware takes RSA only");
    assertProblem("db:  [boot]", "db:  [layer]", "role 'layer' lacks the use uefi-db");
    assertProblem("db:  [boot]", "db:  [root]", "no role is named 'root'");
  }

  @Test
  void partsThatMakeNoSenseAreRefused() {
    assertProblem("ocsp-key: ec-p256, ", "", "ocsp-key: is missing");
    assertProblem("crl-days: 30, delta", "crl-days: 0, delta", "crl-days: 1 to 3660, found 0");
    assertProblem("names: [uuid]", "names: [uuid, uuid]", "names: each once");
    assertProblem("names: [uuid]", "names: [face]", "unknown kind of name 'face'; known: uuid");
    assertProblem(
        "revocation: {crl-days: 30}\n  user",
        "locations: {crl: [crl]}\n  user",
        "expected an http or ldap address, found crl");
    assertProblem(
        "key: ec-p256, years: 10, use: [log]",
        "key: ec-p256, years: 10, use: [log], key-usage: [key-encipherment]",
        "names digital-signature");
    assertProblem(
        "key: ec-p256, years: 10, use: [log]",
        "key: ec-p256, years: 10, use: [log], policies: ['1.2']",
        "expected an object identifier like");
  }

  @Test
  void wordsThatAreNotKnownAreRefusedWithTheKnownOnes() {
    assertProblem(
        "key: ec-p256, years: 5, use: [layer]",
        "key: rsa-1024, years: 5, use: [layer]",
        "unknown key type 'rsa-1024'; known: rsa-2048");
    assertProblem("use: [layer]", "use: [everything]", "unknown use 'everything'; known: uefi-db");
    assertProblem("use: [layer]", "use: [container]", "its uses do not name the role itself");
    assertProblem("  layer:      {", "  laier:      {", "role 'laier': is not known");
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
