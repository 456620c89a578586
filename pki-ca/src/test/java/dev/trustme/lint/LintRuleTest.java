// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.Specimen.AT;
import static dev.trustme.lint.Specimen.ROOT;
import static dev.trustme.lint.Specimen.authority;
import static dev.trustme.lint.Specimen.leaf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Role;
import java.math.BigInteger;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V1TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each rule about certificates: one certificate that breaks it and nothing else. */
class LintRuleTest {
  static final GeneralName HOST = new GeneralName(GeneralName.dNSName, "host.example");

  private final Map<LintRule, Supplier<List<Finding>>> cases = new EnumMap<>(LintRule.class);

  LintRuleTest() {
    fields();
    names();
    keys();
    new RelationCases(cases).put();
    new ExtensionCases(cases).put();
  }

  @TestFactory
  Stream<DynamicTest> everyRuleFindsWhatBreaksItAlone() {
    return cases.entrySet().stream()
        .map(c ->
            DynamicTest.dynamicTest(
                c.getKey().id(),
                () -> assertEquals(Set.of(c.getKey()), rules(c.getValue().get()))));
  }

  @Test
  void everyRuleHasATest() {
    Set<LintRule> elsewhere =
        EnumSet.range(LintRule.SERIAL_REUSED, List.of(LintRule.values()).getLast());
    elsewhere.addAll(Set.of(LintRule.VERSION_3, LintRule.ROLE_MISSING));
    elsewhere.addAll(cases.keySet());
    assertEquals(EnumSet.allOf(LintRule.class), elsewhere);
  }

  @Test
  void whatIsGoodHasNoFindings() {
    assertEquals(List.of(), CertificateLint.findings(ROOT, ROOT));
    for (var good : List.of(leaf(), authority())) {
      assertEquals(List.of(), CertificateLint.findings(good.sign(), ROOT));
      assertEquals(List.of(), CertificateLint.at(AT, good.sign()));
    }
    for (KeyType type :
        EnumSet.complementOf(
            EnumSet.of(
                KeyType.RSA_3072, KeyType.RSA_4096, KeyType.RSA_PSS_3072, KeyType.RSA_PSS_4096))) {
      var key = SigningKey.generate(type);
      assertEquals(List.of(), key(key.publicKey()), type.label());
    }
    var names =
        new GeneralNames(
            new GeneralName[] {
              HOST,
              new GeneralName(
                  GeneralName.uniformResourceIdentifier,
                  "UUID:123e4567-e89b-12d3-a456-426614174000"),
              new GeneralName(GeneralName.rfc822Name, "a.user@host.example"),
              new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
              new GeneralName(GeneralName.iPAddress, "2001:db8::1")
            });
    for (Role role : List.of(Role.DEVICE, Role.BACKEND, Role.USER)) {
      var leaf = leaf().put(Extension.subjectAlternativeName, false, names).purposes(role);
      assertEquals(List.of(), find(leaf), role.label());
    }
  }

  @Test
  void aVersionOneCertificateHasNoExtensionsAtAll() {
    var generator = new V1TBSCertificateGenerator();
    var leaf = leaf();
    generator.setSerialNumber(new org.bouncycastle.asn1.ASN1Integer(leaf.serial));
    generator.setIssuer(leaf.issuer);
    generator.setSubject(leaf.subject);
    generator.setStartDate(leaf.from);
    generator.setEndDate(leaf.until);
    generator.setSubjectPublicKeyInfo(leaf.key);
    generator.setSignature(leaf.inner);
    var found =
        rules(
            CertificateLint.findings(
                leaf.sign(generator.generateTBSCertificate(), leaf.inner), ROOT));
    assertTrue(
        found.containsAll(
            Set.of(LintRule.VERSION_3, LintRule.BASIC_CONSTRAINTS, LintRule.KEY_USAGE)),
        found.toString());
  }

  @Test
  void oneNameAcceptsOneRule() {
    var findings = find(serial(BigInteger.ONE));
    assertEquals(1, Acceptance.NONE.refused(findings).size());
    assertEquals(1, Acceptance.of(List.of("serial-number")).refused(findings).size());
    var acceptance = Acceptance.of(List.of("serial-entropy"));
    assertEquals(List.of(), acceptance.refused(findings));
    assertEquals(findings, acceptance.accepted(findings));
    assertThrows(IllegalArgumentException.class, () -> Acceptance.of(List.of("all")));
    for (LintRule rule : LintRule.values()) {
      assertEquals(rule, LintRule.byId(rule.id()).orElseThrow());
    }
  }

  private static Set<LintRule> rules(List<Finding> findings) {
    return findings.stream()
        .map(Finding::rule)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(LintRule.class)));
  }

  private static List<Finding> find(Specimen specimen) {
    return CertificateLint.findings(specimen.sign(), ROOT);
  }

  private static Specimen serial(BigInteger serial) {
    var leaf = leaf();
    leaf.serial = serial;
    return leaf;
  }

  private void fields() {
    cases.put(LintRule.SERIAL_NUMBER, () -> find(serial(BigInteger.ONE.shiftLeft(160))));
    cases.put(LintRule.SERIAL_ENTROPY, () -> find(serial(BigInteger.valueOf(4711))));
    cases.put(
        LintRule.SIGNATURE_FIELDS,
        () -> {
          var leaf = leaf();
          leaf.inner = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);
          return find(leaf);
        });
    cases.put(LintRule.SIGNATURE_HASH, LintRuleTest::sha1);
    cases.put(
        LintRule.UNIQUE_IDENTIFIERS,
        () -> {
          var leaf = leaf();
          leaf.uniqueId = new DERBitString(new byte[] {1});
          return find(leaf);
        });
    cases.put(
        LintRule.VALIDITY_ORDER,
        () -> {
          var leaf = leaf();
          leaf.until = leaf.from;
          return find(leaf);
        });
    cases.put(
        LintRule.VALIDITY_ENCODING,
        () -> {
          var leaf = leaf();
          leaf.until = new Time(new DERGeneralizedTime("20291122101403Z"));
          return find(leaf);
        });
    cases.put(
        LintRule.VALIDITY_NOW,
        () -> CertificateLint.at(Instant.parse("2030-01-01T00:00:00Z"), leaf().sign()));
  }

  /** Nothing of ours signs with SHA-1 or verifies it: alone, the field is what is found. */
  private static List<Finding> sha1() {
    var leaf = leaf();
    leaf.inner = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA1);
    var tbs = leaf.sign().toASN1Structure().getTBSCertificate();
    return CertificateLint.findings(leaf.sign(tbs, leaf.inner)).stream()
        .filter(f -> f.rule() != LintRule.ISSUER_MISSING)
        .toList();
  }

  private void names() {
    cases.put(
        LintRule.SUBJECT_EMPTY,
        () -> find(subject(new X500Name(new org.bouncycastle.asn1.x500.RDN[0]))));
    cases.put(
        LintRule.NAME_TEXT, () -> find(subject(name(new DERUTF8String("release\u202eexe.tob")))));
    cases.put(LintRule.NAME_ENCODING, () -> find(subject(name(new DERBMPString("leaf")))));
    cases.put(
        LintRule.SAN_EMPTY,
        () -> find(leaf().put(Extension.subjectAlternativeName, false, new DERSequence())));
    cases.put(
        LintRule.SAN_FORM,
        () -> find(named(new GeneralName(GeneralName.dNSName, "no host"), false)));
    cases.put(LintRule.SAN_CRITICAL, () -> find(named(HOST, true)));
  }

  @Test
  void namesThatShowSomethingElse() {
    for (String text : List.of("a\u0000b", "a\nb", "\u200b", "x\u2028y")) {
      assertEquals(
          Set.of(LintRule.NAME_TEXT), rules(find(subject(name(new DERUTF8String(text))))), text);
    }
    for (String text : List.of("host..example", "-a.example", "a_.b c", "*.*.example", "")) {
      assertEquals(
          Set.of(LintRule.SAN_FORM),
          rules(find(named(new GeneralName(GeneralName.dNSName, text), false))),
          text);
    }
    for (String text : List.of("nobody", "a@b@c", "a@", " a@b")) {
      assertEquals(
          Set.of(LintRule.SAN_FORM),
          rules(find(named(new GeneralName(GeneralName.rfc822Name, text), false))),
          text);
    }
    for (String text : List.of("relative/path", "http://a b/", "::")) {
      assertEquals(
          Set.of(LintRule.SAN_FORM),
          rules(find(named(new GeneralName(GeneralName.uniformResourceIdentifier, text), false))),
          text);
    }
    var address = new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[5]));
    assertEquals(Set.of(LintRule.SAN_FORM), rules(find(named(address, false))));
    var notUtf8 =
        new X500Name(
            new org.bouncycastle.asn1.x500.RDN[] {
              new org.bouncycastle.asn1.x500.RDN(BCStyle.CN, new DERUTF8String("a"))
            });
    assertEquals(Set.of(), rules(find(subject(notUtf8))));
  }

  static Specimen subject(X500Name subject) {
    var leaf = leaf();
    leaf.subject = subject;
    return leaf;
  }

  private static X500Name name(org.bouncycastle.asn1.ASN1Encodable commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }

  private static Specimen named(GeneralName name, boolean critical) {
    return leaf().put(Extension.subjectAlternativeName, critical, new GeneralNames(name));
  }

  static List<Finding> key(SubjectPublicKeyInfo key) {
    var leaf = leaf();
    leaf.key = key;
    return find(leaf.identifiers());
  }

  private static SubjectPublicKeyInfo rsa(BigInteger modulus, long exponent) {
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
          new RSAPublicKey(modulus, BigInteger.valueOf(exponent)));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SubjectPublicKeyInfo ec(
      org.bouncycastle.asn1.ASN1Encodable parameters, byte[] point) {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), point);
  }

  private static X9ECParameters p256() {
    return SECNamedCurves.getByOID(SECObjectIdentifiers.secp256r1);
  }

  private void keys() {
    cases.put(
        LintRule.KEY_KIND,
        () ->
            key(
                new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa), new byte[] {2, 1, 3})));
    cases.put(LintRule.RSA_MODULUS, () -> key(rsa(WeakModuli.good(1024), 65537)));
    cases.put(LintRule.RSA_EXPONENT, () -> key(rsa(WeakModuli.good(2048), 3)));
    cases.put(LintRule.RSA_FACTOR, () -> key(rsa(WeakModuli.smallFactor(), 65537)));
    cases.put(LintRule.RSA_ROCA, () -> key(rsa(WeakModuli.roca(), 65537)));
    cases.put(
        LintRule.EC_CURVE,
        () -> {
          var curve = SECNamedCurves.getByOID(X9ObjectIdentifiers.prime192v1);
          return key(ec(X9ObjectIdentifiers.prime192v1, curve.getG().getEncoded(false)));
        });
    cases.put(
        LintRule.EC_EXPLICIT,
        () -> key(ec(new X962Parameters(p256()), p256().getG().getEncoded(false))));
    cases.put(
        LintRule.EC_POINT,
        () -> key(ec(X9ObjectIdentifiers.prime256v1, p256().getG().getEncoded(true))));
  }

  @Test
  void keysThatComeApart() {
    assertEquals(Set.of(LintRule.RSA_FACTOR), rules(key(rsa(WeakModuli.neighbours(), 65537))));
    assertEquals(Set.of(LintRule.RSA_FACTOR), rules(key(rsa(WeakModuli.prime(2048), 65537))));
    assertEquals(Set.of(LintRule.RSA_EXPONENT), rules(key(rsa(WeakModuli.good(2048), 65536))));
    byte[] off = p256().getG().getEncoded(false);
    off[64] ^= 1;
    assertEquals(Set.of(LintRule.EC_POINT), rules(key(ec(X9ObjectIdentifiers.prime256v1, off))));
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of(), key(rsa(WeakModuli.good(2048), 65537)));
    }
  }

  @Test
  void anIdentityNamesWhomItIsOf() {
    for (var pair :
        Map.of(
                Role.DEVICE, new GeneralName(GeneralName.uniformResourceIdentifier, "UUID:1"),
                Role.BACKEND, new GeneralName(GeneralName.rfc822Name, "a@b"),
                Role.USER, HOST)
            .entrySet()) {
      assertEquals(
          Set.of(pair.getKey() == Role.DEVICE ? LintRule.DEVICE_NAME : LintRule.ROLE_NAME),
          rules(find(named(pair.getValue(), false).purposes(pair.getKey()))),
          pair.getKey().label());
    }
  }
}
