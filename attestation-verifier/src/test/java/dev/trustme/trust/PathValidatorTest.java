// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.trust.TestAuthority.Subject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;

/** Every refusal differs in one thing from the chain that is accepted. */
class PathValidatorTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final TestAuthority SUB = ROOT.authority(Subject.authority("CN=sub", 0));
  private static final Subject SIGNER = Subject.signer(Role.RELEASE);

  @Test
  void acceptsASignerOfTheRole() {
    var leaf = SUB.leaf(SIGNER);
    var verdict = validate(ROOT, AT, leaf, SUB.certificate());
    assertEquals(List.of(), failures(verdict));
    var signer = ((Verdict.Accepted<TrustedSigner>) verdict).value();
    assertEquals(leaf, signer.certificate());
    assertEquals(3, signer.path().size());
    assertEquals(Role.RELEASE, signer.purpose());
    assertEquals(ROOT.certificate(), signer.path().getLast());
  }

  @Test
  void hintsMayComeInAnyOrderAndNumber() {
    var leaf = SUB.leaf(SIGNER);
    var noise = TestAuthority.root("CN=noise").certificate();
    assertEquals(
        List.of(),
        failures(validate(ROOT, AT, leaf, noise, ROOT.certificate(), SUB.certificate(), leaf)));
  }

  @Test
  void theRoleDecides() {
    assertRefused("signer-role", SUB.leaf(Subject.signer(Role.CONTAINER)));
    assertRefused("signer-role", SUB.leaf(SIGNER.purposes(KeyPurposeId.anyExtendedKeyUsage)));
    assertRefused("signer-role", SUB.leaf(SIGNER.purposes(KeyPurposeId.id_kp_codeSigning)));
    assertRefused("signer-role", SUB.leaf(Subject.signer()));
  }

  @Test
  void aKeyThatMayNotSignDoesNot() {
    assertRefused("signer-key-usage", SUB.leaf(SIGNER.usage(KeyUsage.keyEncipherment)));
  }

  @Test
  void aCaIsNoSigner() {
    var root = TestAuthority.root("CN=root");
    var ca = root.leaf(SIGNER.ca(0).usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign));
    assertEquals(List.of("signer-not-ca"), failures(validate(root, AT, ca)));
  }

  @Test
  void everyCertificateIsValidAtTheMoment() {
    var leaf = SUB.leaf(SIGNER);
    assertEquals(List.of(), failures(validate(ROOT, TestAuthority.UNTIL, leaf, SUB.certificate())));
    var late = validate(ROOT, TestAuthority.UNTIL.plusSeconds(1), leaf, SUB.certificate());
    var early = validate(ROOT, TestAuthority.FROM.minusSeconds(1), leaf, SUB.certificate());
    assertTrue(failures(late).contains("certificate-validity"), late.toString());
    assertTrue(failures(early).contains("certificate-validity"), early.toString());
    var expired = SUB.leaf(SIGNER.valid(TestAuthority.FROM, AT.minusSeconds(1)));
    assertFails("certificate-validity", validate(ROOT, AT, expired, SUB.certificate()));
    var future = SUB.leaf(SIGNER.valid(AT.plusSeconds(1), TestAuthority.UNTIL));
    assertFails("certificate-validity", validate(ROOT, AT, future, SUB.certificate()));
  }

  @Test
  void anExpiredAnchorTrustsNothing() {
    var old =
        TestAuthority.root(
            Subject.authority("CN=old", -1).valid(TestAuthority.FROM, AT.minusSeconds(1)));
    assertFails("certificate-validity", validate(old, AT, old.leaf(SIGNER)));
  }

  @Test
  void anUnknownAnchorTrustsNothing() {
    var other = TestAuthority.root("CN=other");
    assertEquals(
        List.of("certificate-anchor"),
        failures(validate(other, AT, SUB.leaf(SIGNER), SUB.certificate())));
    assertEquals(List.of("certificate-anchor"), failures(validate(ROOT, AT, SUB.leaf(SIGNER))));
  }

  @Test
  void anAnchorsNameIsNotItsKey() {
    var impostor = TestAuthority.root("CN=root");
    assertEquals(
        List.of("certificate-path"),
        failures(validate(impostor, AT, SUB.leaf(SIGNER), SUB.certificate())));
  }

  @Test
  void aSignerInTheTrustStoreIsNoAnchorOfItself() {
    var self = TestAuthority.root(SIGNER);
    assertTrue(!validate(self, AT, self.certificate()).accepted());
  }

  @Test
  void pathLengthsCountTheAnchorsToo() {
    var below = SUB.authority(Subject.authority("CN=below", -1));
    assertEquals(
        List.of("certificate-path-length"),
        failures(validate(ROOT, AT, below.leaf(SIGNER), below.certificate(), SUB.certificate())));
    var narrow = TestAuthority.root(Subject.authority("CN=narrow", 0));
    var sub = narrow.authority(Subject.authority("CN=sub", 0));
    assertEquals(
        List.of("certificate-path-length"),
        failures(validate(narrow, AT, sub.leaf(SIGNER), sub.certificate())));
    assertEquals(List.of(), failures(validate(narrow, AT, narrow.leaf(SIGNER))));
  }

  @Test
  void onlyAuthoritiesIssue() {
    var signer = SUB.authority(SIGNER);
    assertFails(
        "certificate-authority",
        validate(
            ROOT, AT, signer.leaf(SIGNER.named("CN=x")), signer.certificate(), SUB.certificate()));
    var noIssuer = ROOT.authority(Subject.authority("CN=sub", -1).usage(KeyUsage.digitalSignature));
    assertEquals(
        List.of("certificate-authority"),
        failures(validate(ROOT, AT, noIssuer.leaf(SIGNER), noIssuer.certificate())));
    var noAuthority = TestAuthority.root(Subject.signer().usage(KeyUsage.keyCertSign));
    assertFails(
        "certificate-authority", validate(noAuthority, AT, noAuthority.leaf(SIGNER.named("CN=x"))));
  }

  @Test
  void aChangedCertificateIsRefused() throws IOException {
    byte[] der = SUB.leaf(SIGNER).getEncoded();
    der[der.length - 1] ^= 1;
    var verdict = validate(ROOT, AT, new X509CertificateHolder(der), SUB.certificate());
    assertFails("certificate-path", verdict);
    assertTrue(verdict.failures().getLast().seen().contains("signature"), verdict.toString());
  }

  @Test
  void anEndlessChainIsNotFollowed() {
    assertEquals(List.of(), failures(validate(ROOT, AT, chain(6))));
    assertEquals(List.of("certificate-path-length"), failures(validate(ROOT, AT, chain(7))));
    assertEquals(List.of("certificate-anchor"), failures(validate(ROOT, AT, chain(9))));
  }

  private static X509CertificateHolder[] chain(int authorities) {
    List<X509CertificateHolder> chain = new ArrayList<>();
    var authority = ROOT;
    for (int i = 0; i < authorities; i++) {
      authority = authority.authority(Subject.authority("CN=level " + i, -1));
      chain.addFirst(authority.certificate());
    }
    chain.addFirst(authority.leaf(SIGNER));
    return chain.toArray(X509CertificateHolder[]::new);
  }

  @Test
  void noCertificateIsNoSigner() {
    assertEquals(List.of("certificate-chain"), failures(validate(ROOT, AT)));
    assertThrows(IllegalArgumentException.class, () -> new TrustStore(List.of()));
  }

  private static void assertRefused(String check, X509CertificateHolder leaf) {
    assertEquals(List.of(check), failures(validate(ROOT, AT, leaf, SUB.certificate())));
  }

  /** PKIX may repeat what an own check says already. */
  private static void assertFails(String check, Verdict<TrustedSigner> verdict) {
    assertTrue(failures(verdict).contains(check), verdict.toString());
  }

  private static List<String> failures(Verdict<TrustedSigner> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  private static Verdict<TrustedSigner> validate(
      TestAuthority anchor, Instant at, X509CertificateHolder... chain) {
    return new PathValidator(new TrustStore(List.of(anchor.certificate())), at)
        .validate(List.of(chain), Role.RELEASE);
  }
}
