// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.trust.TestAuthority.Subject;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.OtherName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5280, 4.2.1.10: which names a base permits, and which it excludes. */
class NameSpaceTest {
  private static final String ALLOWED = "within all constraints";

  /** Columns: kind, base, name, whether the base permits the name, whether it excludes it. */
  @ParameterizedTest
  @CsvSource({
    "2, example.com, example.com, true, true",
    "2, example.com, a.B.Example.Com, true, true",
    "2, Example.com, example.com, true, true",
    "2, example.com, notexample.com, false, false",
    "2, '', example.com, true, true",
    "2, example.com, *.example.com, true, true",
    "2, a.example.com, *.example.com, false, true",
    "2, a.example.com, *.ample.com, false, false",
    "2, a.example.com, example.com, false, false",
    "1, user@example.com, user@example.com, true, true",
    "1, user@example.com, user@EXAMPLE.com, true, true",
    "1, user@example.com, User@example.com, false, false",
    "1, user@example.com, user@example.org, false, false",
    "1, @example.com, user@example.com, false, false",
    "1, example.com, user@example.com, true, true",
    "1, Example.com, user@example.com, true, true",
    "1, example.com, user@a.example.com, false, false",
    "1, .example.com, user@a.example.com, true, true",
    "1, .example.com, user@example.com, false, false",
    "6, example.com, https://Example.com:8443/a, true, true",
    "6, example.com, https://a.example.com/, false, false",
    "6, .example.com, https://a.example.com/, true, true",
    "6, example.com, urn:a, false, true",
    "6, example.com, https://10.0.0.1/, false, true",
    "6, example.com, 'not a uri', false, true",
    "7, 10.0.0.0/8, 10.1.2.3, true, true",
    "7, 10.1.2.0/24, 10.1.2.255, true, true",
    "7, 10.1.2.0/24, 10.1.3.0, false, false",
    "7, 10.0.0.0/8, 11.0.0.0, false, false",
    "7, 10.0.0.0/8, 2001:db8::1, false, false",
    "7, 2001:db8::/32, 2001:db8::1, true, true",
    "7, 2001:db8::/32, 2001:db9::1, false, false",
    "8, 1.2.3, 1.2.3, false, true"
  })
  void aBasePermitsOrExcludes(int kind, String base, String name, boolean in, boolean out) {
    var subtree = new GeneralName(kind, base);
    var signer = named(new GeneralName(kind, name));
    assertEquals(in, allowed(List.of(subtree), List.of(), signer), "permitted");
    assertEquals(!out, allowed(List.of(), List.of(subtree), signer), "excluded");
  }

  @ParameterizedTest
  @CsvSource({
    "'O=maker', 'O=maker', true",
    "'O=maker', 'O=Maker,CN=signer', true",
    "'O=maker', 'CN=signer,O=maker', false",
    "'O=maker', 'O=other,CN=signer', false",
    "'O=maker,CN=signer', 'O=maker', false"
  })
  void aDirectoryNameBeginsWithItsBase(String base, String subject, boolean within) {
    var subtree = new GeneralName(new X500Name(base));
    var signer = Subject.signer(Role.CONTAINER).named(subject);
    assertEquals(within, allowed(List.of(subtree), List.of(), signer));
    assertEquals(!within, allowed(List.of(), List.of(subtree), signer));
  }

  /** RFC 5280, 4.2.1.10: a subject counts where it is not empty. */
  @Test
  void anEmptySubjectIsNoName() {
    var base = new GeneralName(new X500Name("O=maker"));
    var nameless = with(Subject.signer(Role.CONTAINER).named(""), "2", "example.com");
    assertEquals(true, allowed(List.of(base), List.of(), nameless));
  }

  @Test
  void aBaseSaysNothingOfOtherKindsOfNames() {
    var mail = named(new GeneralName(GeneralName.rfc822Name, "user@example.com"));
    var host = new GeneralName(GeneralName.dNSName, "example.org");
    assertEquals(true, allowed(List.of(host), List.of(), mail));
    assertEquals(true, allowed(List.of(), List.of(host), mail));
  }

  @Test
  void oneOfSeveralBasesIsEnough() {
    var signer = named(new GeneralName(GeneralName.dNSName, "b.example"));
    var bases =
        List.of(
            new GeneralName(GeneralName.dNSName, "a.example"),
            new GeneralName(GeneralName.dNSName, "b.example"));
    assertEquals(true, allowed(bases, List.of(), signer));
    assertEquals(false, allowed(List.of(), bases, signer));
  }

  /** RFC 5280, 4.2.1.10: an address in the subject counts where no alternative name is one. */
  @Test
  void addressesInTheSubjectCount() {
    var base = List.of(new GeneralName(GeneralName.rfc822Name, "example.com"));
    var inside = Subject.signer(Role.CONTAINER).named("CN=x+E=user@example.com");
    var outside = Subject.signer(Role.CONTAINER).named("CN=x+E=user@example.org");
    assertEquals(true, allowed(base, List.of(), inside));
    assertEquals(false, allowed(base, List.of(), outside));
    assertEquals(false, allowed(base, List.of(), with(outside, "2", "example.com")));
    assertEquals(true, allowed(base, List.of(), with(outside, "1", "user@example.com")));
  }

  private static Subject with(Subject subject, String kind, String name) {
    var names = new GeneralNames(new GeneralName(Integer.parseInt(kind), name));
    return subject.with(Extension.subjectAlternativeName, false, names);
  }

  @Test
  void aNameOfAnUnknownKindIsOutside() {
    var kind = new OtherName(new ASN1ObjectIdentifier("1.2.3"), DERNull.INSTANCE);
    var other = new GeneralName(GeneralName.otherName, kind);
    assertEquals(false, allowed(List.of(other), List.of(), named(other)));
    assertEquals(false, allowed(List.of(), List.of(other), named(other)));
  }

  @Test
  void constraintsCountForAllBelow() {
    var base = new GeneralName(new X500Name("O=maker"));
    var root = TestAuthority.root(constrained(List.of(base), List.of()));
    var inside = root.authority(Subject.authority("O=maker,CN=sub", -1));
    var outside = root.authority(Subject.authority("CN=sub", -1));
    var signer = Subject.signer(Role.CONTAINER).named("O=maker,CN=signer");
    assertEquals(ALLOWED, seen(inside.leaf(signer), inside.certificate(), root.certificate()));
    assertEquals(
        "4: CN=sub", seen(outside.leaf(signer), outside.certificate(), root.certificate()));
    var stranger = Subject.signer(Role.CONTAINER);
    assertEquals(
        "4: CN=signer", seen(inside.leaf(stranger), inside.certificate(), root.certificate()));
  }

  /** RFC 5280, 6.1.3 (b): unless it is the last of the path. */
  @Test
  void selfIssuedAuthoritiesMayHaveAnotherName() {
    var base = new GeneralName(new X500Name("O=maker"));
    var top = TestAuthority.root(constrained(List.of(base), List.of()));
    var renewed = top.authority(Subject.authority(top.name(), -1));
    var signer = Subject.signer(Role.CONTAINER).named("O=maker,CN=signer");
    assertEquals(ALLOWED, seen(renewed.leaf(signer), renewed.certificate(), top.certificate()));
    var self = renewed.leaf(signer.named(top.name()));
    assertEquals("4: CN=top", seen(self, renewed.certificate(), top.certificate()));
  }

  @Test
  void comparisonsAreBounded() {
    assertEquals(ALLOWED, seen(manyNames(255)));
    assertEquals("more", seen(manyNames(256)));
  }

  /** A path with 128 subtrees of each kind, and a subject and so many alternative names. */
  private static X509CertificateHolder[] manyNames(int count) {
    List<GeneralName> permitted = new ArrayList<>(List.of(host("example.com")));
    List<GeneralName> excluded = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      excluded.add(host("x" + i + ".example"));
      if (i > 0) {
        permitted.add(host("p" + i + ".example"));
      }
    }
    List<GeneralName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(host("n" + i + ".example.com"));
    }
    var root = TestAuthority.root(constrained(permitted, excluded));
    return new X509CertificateHolder[] {
      root.leaf(named(names.toArray(GeneralName[]::new))), root.certificate()
    };
  }

  private static GeneralName host(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static Subject named(GeneralName... names) {
    return Subject.signer(Role.CONTAINER)
        .with(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  private static Subject constrained(List<GeneralName> permitted, List<GeneralName> excluded) {
    return Subject.authority("CN=top", -1)
        .with(Extension.nameConstraints, true, constraints(permitted, excluded));
  }

  private static ASN1Encodable constraints(
      List<GeneralName> permitted, List<GeneralName> excluded) {
    return new NameConstraints(trees(permitted), trees(excluded));
  }

  private static GeneralSubtree @Nullable [] trees(List<GeneralName> bases) {
    return bases.isEmpty()
        ? null
        : bases.stream().map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
  }

  private static boolean allowed(
      List<GeneralName> permitted, List<GeneralName> excluded, Subject signer) {
    var root = TestAuthority.root(constrained(permitted, excluded));
    return !NameSpace.check(List.of(root.leaf(signer), root.certificate())).failed();
  }

  private static String seen(X509CertificateHolder... path) {
    return NameSpace.check(List.of(path)).seen();
  }
}
