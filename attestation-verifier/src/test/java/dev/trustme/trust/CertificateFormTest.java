// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.trust.TestAuthority.Subject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One certificate each, which differs in one thing from one without findings. */
class CertificateFormTest {
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final Subject SIGNER = Subject.signer(Role.CONTAINER);
  private static final Subject SUB = Subject.authority("CN=sub", 0);
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.9");
  private static final GeneralName HOST = new GeneralName(GeneralName.dNSName, "example.com");
  private static final GeneralName BAD_HOST = new GeneralName(GeneralName.dNSName, "a_b");
  private static final ASN1Encodable EMPTY = new DERSequence();

  @Test
  void theOnesThatOthersDifferFrom() {
    assertFindings("", SIGNER);
    assertFindings("", SUB);
  }

  @Test
  void aSerialNumberIsPositiveAndShort() {
    assertEquals("", serial(BigInteger.ONE));
    assertEquals("", serial(BigInteger.TWO.pow(159).subtract(BigInteger.ONE)));
    assertEquals("certificate-serial", serial(BigInteger.TWO.pow(159)));
    assertEquals("certificate-serial", serial(BigInteger.ZERO));
    assertEquals("certificate-serial", serial(BigInteger.ONE.negate()));
  }

  private static String serial(BigInteger number) {
    return found(changed(tbs -> tbs.set(1, new ASN1Integer(number))), CertificateRules.STRICT);
  }

  @Test
  void uniqueIdentifiersAreRefused() {
    for (int tag : new int[] {1, 2}) {
      var id = new DERTaggedObject(false, tag, new DERBitString(new byte[] {1}));
      var with = changed(tbs -> tbs.add(tbs.size() - 1, id));
      assertEquals("certificate-version", found(with, CertificateRules.STRICT));
    }
  }

  @Test
  void theVersionIsThree() {
    var first =
        changed(tbs -> {
          tbs.removeFirst();
          tbs.removeLast();
        });
    assertEquals(
        "certificate-version certificate-authority-key", found(first, CertificateRules.STRICT));
    assertEquals("", found(first, CertificateRules.TPM_VENDOR));
  }

  @Test
  void bothAlgorithmsAreTheSame() {
    var other = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);
    var changed = changed(tbs -> tbs.set(2, other));
    assertEquals("certificate-algorithm", found(changed, CertificateRules.STRICT));
  }

  /** A leaf with another content, under its old signature. */
  private static X509CertificateHolder changed(Consumer<List<ASN1Encodable>> change) {
    var leaf = ROOT.leaf(SIGNER).toASN1Structure();
    var tbs =
        new ArrayList<>(List.of(ASN1Sequence.getInstance(leaf.getTBSCertificate()).toArray()));
    change.accept(tbs);
    return new X509CertificateHolder(
        Certificate.getInstance(
            new DERSequence(
                new ASN1Encodable[] {
                  new DERSequence(tbs.toArray(ASN1Encodable[]::new)),
                  leaf.getSignatureAlgorithm(),
                  leaf.getSignature()
                })));
  }

  @Test
  void namesAreThere() {
    var critical = alternative(true, HOST);
    assertFindings("", SIGNER.named("").with(critical));
    assertFindings("certificate-subject-name", SIGNER.named(""));
    assertFindings("certificate-subject-name", SIGNER.named("").with(alternative(false, HOST)));
    assertFindings("certificate-subject-name", SUB.named("").with(critical));
  }

  private static Extension alternative(boolean critical, GeneralName... names) {
    return extension(Extension.subjectAlternativeName, critical, new GeneralNames(names));
  }

  @Test
  void keyIdentifiersNameTheIssuersKey() {
    assertFindings("certificate-authority-key", SIGNER.without(Extension.authorityKeyIdentifier));
    assertFindings("", SIGNER.without(Extension.subjectKeyIdentifier));
    assertFindings("certificate-subject-key", SUB.without(Extension.subjectKeyIdentifier));
    var names = new GeneralNames(new GeneralName(new X500Name("CN=root")));
    var other = new AuthorityKeyIdentifier(names, BigInteger.ONE);
    var byName = extension(Extension.authorityKeyIdentifier, false, other);
    assertFindings("certificate-authority-key", SIGNER.with(byName));
    assertVendorMay(SIGNER.without(Extension.authorityKeyIdentifier));
    assertVendorMay(SUB.without(Extension.subjectKeyIdentifier));
  }

  /** RFC 5280, 4.2.1.1: only a self-signed certificate may leave its issuer's key out. */
  @Test
  void anAnchorThatIssuedItselfNeedsNoAuthorityKey() {
    var subject = Subject.authority("CN=root", -1);
    var without = subject.without(Extension.authorityKeyIdentifier);
    var names = new GeneralNames(new GeneralName(new X500Name("CN=root")));
    var byName =
        extension(
            Extension.authorityKeyIdentifier,
            false,
            new AuthorityKeyIdentifier(names, BigInteger.ONE));
    assertEquals("", alone(TestAuthority.root(without).certificate()));
    assertEquals("", alone(TestAuthority.root(subject.with(byName)).certificate()));
    var issued = ROOT.leaf(without.named("CN=sub"));
    assertEquals("certificate-authority-key", alone(issued));
    assertFindings("certificate-authority-key", without);
  }

  private static String alone(X509CertificateHolder anchor) {
    return ids(
        CertificateForm.findings(new CandidatePath(List.of(anchor)), CertificateRules.STRICT));
  }

  @Test
  void basicConstraintsAreOfAuthorities() {
    var length = new DERSequence(new ASN1Integer(0));
    assertFindings(
        "certificate-constraints", SIGNER.with(Extension.basicConstraints, true, length));
    assertFindings("", SIGNER.with(Extension.basicConstraints, false, new BasicConstraints(false)));
    assertFindings("certificate-constraints", SUB.usage(KeyUsage.cRLSign));
    assertFindings("", SUB.ca(-1).usage(KeyUsage.cRLSign));
    assertFindings("", SUB.without(Extension.keyUsage));
    var optional = SUB.with(Extension.basicConstraints, false, new BasicConstraints(0));
    assertFindings("certificate-constraints", optional);
    assertVendorMay(optional);
  }

  @Test
  void usagesAllowSomething() {
    assertFindings("certificate-usage", SIGNER.usage(KeyUsage.keyCertSign));
    var nothing = new DERBitString(new byte[] {0}, 7);
    assertFindings("certificate-usage", SIGNER.with(Extension.keyUsage, true, nothing));
    assertFindings("certificate-extensions", SIGNER.with(Extension.extendedKeyUsage, false, EMPTY));
    assertFindings("", SIGNER.without(Extension.keyUsage).without(Extension.extendedKeyUsage));
    assertFindings("", SIGNER.usage(KeyUsage.decipherOnly));
  }

  @Test
  void alternativeNamesAreFewAndWellFormed() {
    assertFindings("", SIGNER.with(alternative(false, many(512))));
    assertFindings("certificate-alternative-name", SIGNER.with(alternative(false, many(513))));
    assertFindings("certificate-alternative-name", SIGNER.with(alternative(false)));
    assertFindings("certificate-alternative-name", SIGNER.with(alternative(false, BAD_HOST)));
  }

  private static GeneralName[] many(int count) {
    var names = new GeneralName[count];
    Arrays.fill(names, HOST);
    return names;
  }

  @Test
  void nameConstraintsAreFewAndWellFormed() {
    var one = new GeneralSubtree(HOST);
    assertFindings("", constrained(trees(512, one), null));
    assertFindings("", constrained(trees(1, one), trees(511, one)));
    var id = "certificate-name-constraints";
    assertFindings(id, constrained(trees(256, one), trees(257, one)));
    assertFindings(id, SUB.with(Extension.nameConstraints, true, EMPTY));
    assertFindings(id, constrained(null, trees(1, new GeneralSubtree(BAD_HOST))));
    assertFindings(id, constrained(trees(1, subtree(BigInteger.ONE, null)), null));
    assertFindings(id, constrained(trees(1, subtree(BigInteger.ZERO, BigInteger.ONE)), null));
  }

  private static GeneralSubtree subtree(BigInteger minimum, @Nullable BigInteger maximum) {
    return new GeneralSubtree(HOST, minimum, maximum);
  }

  private static GeneralSubtree[] trees(int count, GeneralSubtree tree) {
    var trees = new GeneralSubtree[count];
    Arrays.fill(trees, tree);
    return trees;
  }

  private static Subject constrained(
      GeneralSubtree @Nullable [] permitted, GeneralSubtree @Nullable [] excluded) {
    return SUB.with(Extension.nameConstraints, true, new NameConstraints(permitted, excluded));
  }

  @Test
  void policiesAreFewAndDifferent() {
    assertFindings("", policies(32));
    assertFindings("certificate-policies", policies(33));
    assertFindings("certificate-extensions", policies(0));
    var twice =
        new PolicyInformation[] {new PolicyInformation(UNKNOWN), new PolicyInformation(UNKNOWN)};
    assertFindings(
        "certificate-policies",
        SIGNER.with(Extension.certificatePolicies, false, new CertificatePolicies(twice)));
    assertFindings("certificate-policies", SUB.with(Extension.policyMappings, false, EMPTY));
  }

  private static Subject policies(int count) {
    var all =
        IntStream.range(0, count)
            .mapToObj(i -> new PolicyInformation(UNKNOWN.branch(String.valueOf(i))))
            .toArray(PolicyInformation[]::new);
    return SIGNER.with(Extension.certificatePolicies, false, new CertificatePolicies(all));
  }

  @Test
  void policyConstraintsConstrain() {
    for (int tag : new int[] {0, 1}) {
      var limit = new DERTaggedObject(false, tag, new ASN1Integer(0));
      assertFindings("", SUB.with(Extension.policyConstraints, true, new DERSequence(limit)));
    }
    assertFindings("certificate-policies", SUB.with(Extension.policyConstraints, true, EMPTY));
  }

  @Test
  void criticalIsWhatIsUnderstood() {
    assertFindings("certificate-critical", SIGNER.with(UNKNOWN, true, DERNull.INSTANCE));
    assertFindings("", SIGNER.with(UNKNOWN, false, DERNull.INSTANCE));
    var constraints = new NameConstraints(trees(1, new GeneralSubtree(HOST)), null);
    var optional = SUB.with(Extension.nameConstraints, false, constraints);
    assertFindings("certificate-critical", optional);
    assertVendorMay(optional);
    assertFindings(
        "certificate-constraints", SIGNER.with(Extension.nameConstraints, true, constraints));
    var skip = new ASN1Integer(0);
    assertFindings("certificate-critical", SUB.with(Extension.inhibitAnyPolicy, false, skip));
    assertFindings("certificate-constraints", SIGNER.with(Extension.inhibitAnyPolicy, true, skip));
    var scope = new Scope("acme", Set.of(Role.CONTAINER)).extension();
    assertFindings("certificate-constraints", SIGNER.with(scope));
  }

  @Test
  void locationsCanBeRead() {
    assertFindings("", located("https://example.com/ca.crt"));
    assertFindings("certificate-locations", located("nowhere"));
    assertVendorMay(located("nowhere"));
    var access = Extension.authorityInfoAccess;
    assertFindings("certificate-extensions", SIGNER.with(access, false, DERNull.INSTANCE));
    var points = Extension.cRLDistributionPoints;
    assertFindings("certificate-extensions", SIGNER.with(points, false, DERNull.INSTANCE));
    assertFindings(
        "certificate-extensions", SIGNER.with(points, false, new DERSequence(DERNull.INSTANCE)));
    var nowhere =
        new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(null, null, null)});
    assertFindings("", SIGNER.with(points, false, nowhere));
  }

  private static Subject located(String place) {
    var name = new GeneralName(GeneralName.uniformResourceIdentifier, place);
    var access = new AuthorityInformationAccess(AccessDescription.id_ad_caIssuers, name);
    return SIGNER.with(Extension.authorityInfoAccess, false, access);
  }

  private static Extension extension(
      ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    return TestAuthority.extension(id, critical, value);
  }

  /** Found strictly, and not in the certificate of a TPM's maker. */
  private static void assertVendorMay(Subject subject) {
    assertEquals("", found(ROOT.leaf(subject), CertificateRules.TPM_VENDOR));
  }

  private static void assertFindings(String expected, Subject subject) {
    assertEquals(expected, found(ROOT.leaf(subject), CertificateRules.STRICT));
  }

  private static String found(X509CertificateHolder leaf, CertificateRules rules) {
    return ids(
        CertificateForm.findings(new CandidatePath(List.of(leaf, ROOT.certificate())), rules));
  }

  private static String ids(List<Check> findings) {
    return String.join(" ", findings.stream().map(Check::id).distinct().toList());
  }
}
