// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.trust.TestAuthority.Subject;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a path as a whole must satisfy, and what a leaf must be. */
class PathRulesTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final Subject SIGNER = Subject.signer(Role.CONTAINER);
  private static final PathPolicy CONTAINER = PathPolicy.of(Role.CONTAINER);

  /** Columns: the anchor's path length, and whether two, one and no authorities may follow. */
  @ParameterizedTest
  @CsvSource({
    "2, true, true, true",
    "1, false, true, true",
    "0, false, false, true",
    "-1, false, false, true",
    "2147483648, true, true, true",
    "1099511627776, true, true, true"
  })
  void aPathLengthCountsTheAuthoritiesBelow(
      BigInteger length, boolean two, boolean one, boolean none) {
    var constraints =
        new DERSequence(new ASN1Encodable[] {ASN1Boolean.TRUE, new ASN1Integer(length)});
    var top =
        TestAuthority.root(
            Subject.authority("CN=top", -1).with(Extension.basicConstraints, true, constraints));
    var sub = top.authority(Subject.authority("CN=sub", -1));
    var below = sub.authority(Subject.authority("CN=below", -1));
    assertEquals(
        two, fits(below.leaf(SIGNER), below.certificate(), sub.certificate(), top.certificate()));
    assertEquals(one, fits(sub.leaf(SIGNER), sub.certificate(), top.certificate()));
    assertEquals(none, fits(top.leaf(SIGNER), top.certificate()));
  }

  private static boolean fits(X509CertificateHolder... path) {
    return !PathRules.authorities(new CandidatePath(List.of(path)), 6).failed();
  }

  @Test
  void aScopeSaysWhatWasExpected() {
    var path = new CandidatePath(List.of(ROOT.leaf(SIGNER), ROOT.certificate()));
    assertEquals("the vendor's own, without a scope", PathRules.scope(path, CONTAINER).seen());
    assertEquals("customer acme", PathRules.scope(path, CONTAINER.ofCustomer("acme")).expected());
  }

  @Test
  void aKeyUsageIsThereUnlessThePolicyIsWider() {
    var without = ROOT.leaf(SIGNER.without(Extension.keyUsage));
    assertEquals(Check.Result.FAIL, check("signer-key-usage", without, CONTAINER).result());
    var wider = CONTAINER.with(CertificateRules.WIDER_KEYS);
    assertEquals(Check.Result.WARN, check("signer-key-usage", without, wider).result());
    assertEquals(Check.Result.PASS, check("signer-key-usage", ROOT.leaf(SIGNER), wider).result());
  }

  @ParameterizedTest
  @CsvSource({
    "ENDORSEMENT_KEY, 32, PASS",
    "ENDORSEMENT_KEY, 8, PASS",
    "ENDORSEMENT_KEY, 128, FAIL",
    "ATTESTATION_KEY, 128, PASS",
    "ATTESTATION_KEY, 32, FAIL",
    "ATTESTATION_KEY, 8, FAIL"
  })
  void anEndorsementKeyDecryptsAndOthersSign(Role role, int usage, Check.Result result) {
    var leaf = ROOT.leaf(Subject.signer(role).usage(usage));
    var check = check("signer-key-usage", leaf, PathPolicy.of(role));
    assertEquals(result, check.result());
    String wanted =
        role == Role.ENDORSEMENT_KEY ? "keyEncipherment or keyAgreement" : "digitalSignature";
    assertEquals(wanted, check.failed() ? check.expected() : check.seen());
  }

  @Test
  void theRolesThatThereAreAreSaid() {
    assertEquals("no role", check("signer-role", ROOT.leaf(Subject.signer()), CONTAINER).seen());
    var boot = ROOT.leaf(Subject.signer(Role.BOOT));
    assertEquals("[BOOT]", check("signer-role", boot, CONTAINER).seen());
  }

  private static Check check(String id, X509CertificateHolder leaf, PathPolicy policy) {
    return PathValidator.signer(List.of(leaf), policy, AT).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Whoever trusts it: the chain as it came, without an anchor. */
  @Test
  void aSignersChainIsItsIssuers() {
    var sub = ROOT.authority(Subject.authority("CN=sub", 0));
    var leaf = sub.leaf(SIGNER);
    assertEquals("", failed(leaf));
    assertEquals("", failed(leaf, sub.certificate()));
    assertEquals("", failed(leaf, sub.certificate(), ROOT.certificate()));
    assertEquals("certificate-chain", failed(leaf, ROOT.certificate()));
    var namesake = TestAuthority.root("CN=sub").certificate();
    assertEquals("certificate-chain", failed(leaf, namesake));
    var otherName = ROOT.certify(sub, Subject.authority("CN=other", 0));
    assertEquals("certificate-chain", failed(leaf, otherName));
    var noAuthority = ROOT.certify(sub, SIGNER.named("CN=sub"));
    assertEquals("certificate-chain", failed(leaf, noAuthority));
    var late = ROOT.leaf(SIGNER.valid(TestAuthority.FROM, AT.minusSeconds(1)));
    assertEquals("certificate-validity", failed(late));
  }

  @Test
  void aSignerThatCannotBeReadIsRefused() {
    var broken = SIGNER.with(Extension.extendedKeyUsage, false, DERNull.INSTANCE);
    assertEquals("certificate-extensions", failed(ROOT.leaf(broken)));
  }

  private static String failed(X509CertificateHolder... chain) {
    return String.join(
        " ",
        PathValidator.signer(List.of(chain), CONTAINER, AT).stream()
            .filter(Check::failed)
            .map(Check::id)
            .toList());
  }

  /** Certificates as TPM makers sign them: by their rules, and without a policy of the library. */
  @Test
  void partsOutOfOrderAreForTpmMakersOnly() {
    var parts = new ASN1Encodable[] {attribute(BCStyle.O, "z"), attribute(BCStyle.CN, "a")};
    var signer = Subject.signer(Role.ENDORSEMENT_KEY).usage(KeyUsage.keyEncipherment);
    var leaf = ROOT.outOfOrder(signer, parts);
    var policy = PathPolicy.of(Role.ENDORSEMENT_KEY);
    assertEquals("", validated(leaf, policy));
    assertEquals("certificate-path", validated(leaf, policy.with(CertificateRules.STRICT)));
    var asked = policy.under(Set.of(new ASN1ObjectIdentifier("1.3.6.1.4.1.5.1")));
    assertEquals("certificate-path", validated(leaf, asked));
    var stranger = TestAuthority.root("CN=root").outOfOrder(signer, parts);
    assertEquals("certificate-path", validated(stranger, policy));
  }

  private static ASN1Encodable attribute(ASN1ObjectIdentifier type, String value) {
    return new DERSequence(new ASN1Encodable[] {type, new DERUTF8String(value)});
  }

  private static String validated(X509CertificateHolder leaf, PathPolicy policy) {
    var verdict =
        new PathValidator(new TrustStore(List.of(ROOT.certificate())), AT)
            .validate(List.of(leaf), policy);
    return String.join(" ", verdict.failures().stream().map(Check::id).toList());
  }
}
