// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.trust.TestAuthority.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;

/**
 * What a policy asks beyond a valid path; every refusal differs in one thing from an acceptance.
 */
class PathPolicyTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final Subject SUB = Subject.authority("CN=sub", 0);
  private static final Subject SIGNER = Subject.signer(Role.CONTAINER);
  private static final PathPolicy CONTAINER = PathPolicy.of(Role.CONTAINER);
  private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.1");
  private static final ASN1ObjectIdentifier ANY = new ASN1ObjectIdentifier("2.5.29.32.0");

  @Test
  void theScopeIsExact() {
    var acme = SUB.with(new Scope("acme", Set.of(Role.CONTAINER)).extension());
    var forAcme = CONTAINER.ofCustomer("acme");
    assertRefused(List.of(), forAcme, acme, SIGNER);
    assertRefused(List.of("certificate-scope"), CONTAINER, acme, SIGNER);
    assertRefused(List.of("certificate-scope"), CONTAINER.ofCustomer("other"), acme, SIGNER);
    assertRefused(List.of("certificate-scope"), forAcme, SUB, SIGNER);
    var other = SUB.with(new Scope("acme", Set.of(Role.GUEST_OS)).extension());
    assertRefused(List.of("certificate-scope-role"), forAcme, other, SIGNER);
    assertThrows(IllegalArgumentException.class, () -> CONTAINER.ofCustomer("Acme"));
  }

  @Test
  void everyScopeOfThePathCounts() {
    var acme = new Scope("acme", Set.of(Role.CONTAINER, Role.GUEST_OS));
    var root = TestAuthority.root(Subject.authority("CN=root", -1).with(acme.extension()));
    var below = root.authority(SUB.with(new Scope("acme", Set.of(Role.CONTAINER)).extension()));
    var policy = CONTAINER.ofCustomer("acme");
    assertEquals(List.of(), failures(root, policy, below.leaf(SIGNER), below.certificate()));
    var stranger = root.authority(SUB.with(new Scope("evil", Set.of(Role.CONTAINER)).extension()));
    assertEquals(
        List.of("certificate-scope"),
        failures(root, policy, stranger.leaf(SIGNER), stranger.certificate()));
    assertEquals(List.of("certificate-scope"), failures(root, CONTAINER, root.leaf(SIGNER)));
  }

  @Test
  void aScopeThatCannotBeReadIsRefused() {
    assertRefused(
        List.of("certificate-scope"),
        CONTAINER,
        SUB.with(new Extension(Scope.OID, false, new DEROctetString(new byte[] {5, 0}))),
        SIGNER);
    assertRefused(
        List.of("certificate-constraints"),
        CONTAINER,
        SUB,
        SIGNER.with(new Scope("acme", Set.of(Role.CONTAINER)).extension()));
  }

  @Test
  void anAuthoritysUsagesRestrictAllBelow() {
    var usage = KeyPurposeId.getInstance(Role.CONTAINER.usage());
    assertRefused(List.of(), CONTAINER, SUB.purposes(usage), SIGNER);
    var others = SUB.purposes(KeyPurposeId.getInstance(Role.BOOT.usage()));
    assertRefused(List.of("certificate-purpose"), CONTAINER, others, SIGNER);
    var any = SUB.purposes(KeyPurposeId.anyExtendedKeyUsage);
    assertRefused(List.of("certificate-purpose"), CONTAINER, any, SIGNER);
    var root =
        TestAuthority.root(
            Subject.authority("CN=root", -1).purposes(KeyPurposeId.id_kp_serverAuth));
    assertEquals(List.of("certificate-purpose"), failures(root, CONTAINER, root.leaf(SIGNER)));
  }

  @Test
  void aWiderKeyPassesOnlyWhereAPolicySaysSoAndWithAWarning() {
    var wider = CONTAINER.with(CertificateRules.WIDER_KEYS);
    var sub = ROOT.authority(SUB);
    var chain = List.of(sub.leaf(Subject.signer()), sub.certificate());
    var verdict =
        new PathValidator(new TrustStore(List.of(ROOT.certificate())), AT).validate(chain, wider);
    assertTrue(verdict.accepted(), verdict.toString());
    assertEquals(
        List.of("signer-role"),
        verdict.checks().stream().filter(Check::warns).map(Check::id).toList());
    assertRefused(List.of("signer-role"), CONTAINER, SUB, Subject.signer());
    assertRefused(List.of("signer-role"), wider, SUB, Subject.signer(Role.BOOT));
    var any = Subject.signer().purposes(KeyPurposeId.anyExtendedKeyUsage);
    assertRefused(List.of("signer-role"), wider, SUB, any);
  }

  @Test
  void theAnchorsConstraintsCount() {
    var subject = Subject.authority("CN=root", -1);
    var container = new GeneralName(new X500Name("CN=signer"));
    var narrow = TestAuthority.root(subject.with(permitted(container)));
    assertEquals(List.of(), failures(narrow, CONTAINER, narrow.leaf(SIGNER)));
    assertEquals(
        List.of("certificate-names"),
        failures(narrow, CONTAINER, narrow.leaf(SIGNER.named("CN=other"))));
    var unknown =
        TestAuthority.root(
            subject.with(new ASN1ObjectIdentifier("1.3.6.1.4.1.55738.1"), true, DERNull.INSTANCE));
    assertEquals(
        List.of("certificate-critical"), failures(unknown, CONTAINER, unknown.leaf(SIGNER)));
  }

  private static Extension permitted(GeneralName base) {
    return TestAuthority.extension(
        Extension.nameConstraints,
        true,
        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(base)}, null));
  }

  @Test
  void namesWithoutAHostAreOutsideOfUriConstraints() {
    var host = new GeneralName(GeneralName.uniformResourceIdentifier, "example.com");
    var sub = SUB.with(permitted(host));
    var named = new GeneralName(GeneralName.uniformResourceIdentifier, "https://example.com/a");
    assertRefused(List.of(), CONTAINER, sub, alternative(named));
    var uuid = new GeneralName(GeneralName.uniformResourceIdentifier, "UUID:1");
    assertRefused(List.of("certificate-names"), CONTAINER, sub, alternative(uuid));
    assertRefused(List.of(), CONTAINER, SUB, alternative(uuid));
  }

  private static Subject alternative(GeneralName name) {
    return SIGNER.with(Extension.subjectAlternativeName, false, new GeneralNames(name));
  }

  @Test
  void aPolicyIsExplicitWhereOneIsAsked() {
    var asked = CONTAINER.under(Set.of(POLICY));
    assertRefused(List.of(), asked, under(SUB), under(SIGNER));
    assertRefused(List.of("certificate-path"), asked, under(SUB), SIGNER);
    assertRefused(List.of("certificate-path"), asked, SUB, under(SIGNER));
    var other = CONTAINER.under(Set.of(new ASN1ObjectIdentifier("1.3.6.1.4.1.5.2")));
    assertRefused(List.of("certificate-path"), other, under(SUB), under(SIGNER));
    assertRefused(List.of(), CONTAINER, SUB, under(SIGNER));
  }

  /** RFC 5937, 3. */
  @Test
  void theAnchorsPolicyConstraintsCount() {
    var subject = Subject.authority("CN=root", -1);
    var explicit = new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0)));
    var asks = TestAuthority.root(subject.with(Extension.policyConstraints, true, explicit));
    assertEquals(List.of("certificate-path"), failures(asks, CONTAINER, asks.leaf(SIGNER)));
    assertEquals(List.of(), failures(asks, CONTAINER, asks.leaf(under(SIGNER))));
    var inhibits = new DERSequence(new DERTaggedObject(false, 1, new ASN1Integer(0)));
    var maps = TestAuthority.root(subject.with(Extension.policyConstraints, true, inhibits));
    assertEquals(List.of(), failures(maps, CONTAINER, maps.leaf(SIGNER)));
  }

  @Test
  void anAnchorMayNotTakeAnyPolicy() {
    var subject = Subject.authority("CN=root", -1);
    var narrow =
        TestAuthority.root(subject.with(Extension.inhibitAnyPolicy, true, new ASN1Integer(0)));
    var asked = CONTAINER.under(Set.of(POLICY));
    for (var root : List.of(ROOT, narrow)) {
      var any = root.authority(under(SUB, ANY));
      assertEquals(
          root == ROOT ? List.of() : List.of("certificate-path"),
          failures(root, asked, any.leaf(under(SIGNER)), any.certificate()));
    }
  }

  @Test
  void criticalUsagesAreThoseThatWereChecked() {
    var usage = new ExtendedKeyUsage(KeyPurposeId.getInstance(Role.CONTAINER.usage()));
    assertRefused(
        List.of(),
        CONTAINER,
        SUB.with(Extension.extendedKeyUsage, true, usage),
        SIGNER.with(Extension.extendedKeyUsage, true, usage));
  }

  /** Long before any clock of this machine. */
  @Test
  void thePathIsJudgedAtTheMomentThatIsAsked() {
    var from = Instant.parse("2001-01-01T00:00:00Z");
    var until = Instant.parse("2002-01-01T00:00:00Z");
    var root = TestAuthority.root(Subject.authority("CN=root", -1).valid(from, until));
    var store = new TrustStore(List.of(root.certificate()));
    var leaf = root.leaf(SIGNER.valid(from, until));
    assertTrue(new PathValidator(store, from).validate(List.of(leaf), CONTAINER).accepted());
  }

  private static Subject under(Subject subject) {
    return under(subject, POLICY);
  }

  private static Subject under(Subject subject, ASN1ObjectIdentifier policy) {
    var policies = new CertificatePolicies(new PolicyInformation(policy));
    return subject.with(Extension.certificatePolicies, false, policies);
  }

  @Test
  void everyPathIsTried() {
    var old = TestAuthority.root("CN=root");
    var sub = ROOT.authority(SUB);
    var wrongKey = old.authority(SUB.without(Extension.subjectKeyIdentifier));
    var store = new TrustStore(List.of(old.certificate(), ROOT.certificate()));
    var chain = List.of(sub.leaf(SIGNER), wrongKey.certificate(), sub.certificate());
    assertTrue(new PathValidator(store, AT).validate(chain, CONTAINER).accepted());
  }

  @Test
  void linkCertificatesBridgeARollover() {
    var renewed = TestAuthority.root("CN=root");
    var oldWithNew = renewed.certify(ROOT, Subject.authority("CN=root", -1));
    var sub = ROOT.authority(SUB);
    assertEquals(
        List.of(), failures(renewed, CONTAINER, sub.leaf(SIGNER), sub.certificate(), oldWithNew));
    assertTrue(!failures(renewed, CONTAINER, sub.leaf(SIGNER), sub.certificate()).isEmpty());
  }

  @Test
  void theWorkIsBounded() {
    var noise = new ArrayList<X509CertificateHolder>();
    var sub = ROOT.authority(SUB);
    noise.add(sub.leaf(SIGNER));
    for (int i = 0; i < PathBuilder.MAX_HINTS; i++) {
      noise.add(TestAuthority.root("CN=sub").certificate());
    }
    noise.add(sub.certificate());
    assertEquals(
        List.of("certificate-anchor", "certificate-work"),
        failures(ROOT, CONTAINER, noise.toArray(X509CertificateHolder[]::new)));
    List<X509CertificateHolder> anchors = new ArrayList<>();
    for (int i = 0; i <= PathBuilder.MAX_PATHS; i++) {
      anchors.add(TestAuthority.root("CN=root").certificate());
    }
    var verdict =
        new PathValidator(new TrustStore(anchors), AT)
            .validate(List.of(ROOT.leaf(SIGNER)), CONTAINER);
    assertEquals("certificate-work", verdict.failures().getLast().id());
  }

  @Test
  void howManyAuthoritiesMayBeAsked() {
    assertRefused(List.of("certificate-path-length"), CONTAINER.atMost(0), SUB, SIGNER);
    assertRefused(List.of(), CONTAINER.atMost(1), SUB, SIGNER);
    assertEquals(6, CONTAINER.atMost(6).authorities());
    assertThrows(IllegalArgumentException.class, () -> CONTAINER.atMost(-1));
    assertThrows(IllegalArgumentException.class, () -> CONTAINER.atMost(7));
    assertEquals(CertificateRules.STRICT, CONTAINER.rules());
    assertEquals(CertificateRules.TPM_VENDOR, PathPolicy.of(Role.ENDORSEMENT_KEY).rules());
  }

  @Test
  void aPurposeNeedsNoRole() {
    var server = Subject.signer().purposes(KeyPurposeId.id_kp_serverAuth);
    assertRefused(List.of(), PathPolicy.of(TlsPurpose.TLS_SERVER), SUB, server);
    assertRefused(List.of("signer-role"), PathPolicy.of(TlsPurpose.TLS_CLIENT), SUB, server);
    assertEquals("tls-server", TlsPurpose.TLS_SERVER.label());
  }

  private static void assertRefused(
      List<String> expected, PathPolicy policy, Subject authority, Subject signer) {
    var sub = ROOT.authority(authority);
    assertEquals(expected, failures(ROOT, policy, sub.leaf(signer), sub.certificate()));
  }

  private static List<String> failures(
      TestAuthority anchor, PathPolicy policy, X509CertificateHolder... chain) {
    return new PathValidator(new TrustStore(List.of(anchor.certificate())), AT)
        .validate(List.of(chain), policy).failures().stream().map(Check::id).toList();
  }
}
