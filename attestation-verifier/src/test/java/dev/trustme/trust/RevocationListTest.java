// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.TestAuthority.Subject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.CertificateList;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;

/** RFC 5280, 5: each list differs in one thing from one that can be used. */
class RevocationListTest {
  private static final Instant MADE = Instant.parse("2026-11-21T10:14:03Z");
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final BigInteger SERIAL = BigInteger.valueOf(77);
  private static final ASN1ObjectIdentifier POINT = Extension.issuingDistributionPoint;
  private static final String LESS = "covers less than all reasons and certificates of its issuer";

  @Test
  void tellsWhatItSays() throws FormatException {
    var list = parse(b -> b.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.keyCompromise));
    assertEquals(Optional.empty(), list.problem());
    assertEquals("CN=root", list.issuer().toString());
    assertEquals(BigInteger.valueOf(7), list.number());
    assertEquals(Optional.empty(), list.base());
    assertEquals(MADE, list.thisUpdate());
    assertEquals(Optional.of(MADE), list.nextUpdate());
    assertEquals(1, list.size());
    assertEquals(Optional.of(CRLReason.keyCompromise), list.reason(SERIAL));
    assertEquals(Optional.empty(), list.reason(BigInteger.ONE));
    var delta = parse(b -> with(b, Extension.deltaCRLIndicator, true, new ASN1Integer(6)));
    assertEquals(Optional.of(BigInteger.valueOf(6)), delta.base());
  }

  @Test
  void anEntryWithoutReasonHasNone() throws FormatException {
    var list = parse(b -> entry(b, Extension.invalidityDate, false, DERNull.INSTANCE));
    assertEquals(Optional.of(CRLReason.unspecified), list.reason(SERIAL));
  }

  @Test
  void theFormIsThatOfVersion2() throws IOException, FormatException {
    assertEquals("is not of version 2", problem(changed(RevocationListTest::first)));
    var sha384 = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384);
    assertEquals("names two algorithms", problem(changed(tbs -> tbs.set(1, sha384))));
    var sha1 = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA1);
    assertEquals(
        "algorithm " + sha1.getAlgorithm(), problem(changed(sha1, tbs -> tbs.set(1, sha1))));
    var unnamed = changed(tbs -> tbs.set(2, new X500Name("")));
    assertThrows(FormatException.class, () -> RevocationList.parse(unnamed));
    var endless = changed(tbs -> tbs.set(2, new X500Name("DC=" + "a".repeat(4094))));
    assertThrows(FormatException.class, () -> RevocationList.parse(endless));
    assertEquals(
        "does not say how long it holds",
        RevocationList.parse(changed(tbs -> tbs.remove(4))).problem().orElseThrow());
  }

  /** Version 1 has neither number nor extensions. */
  private static void first(List<ASN1Encodable> tbs) {
    tbs.removeFirst();
    tbs.removeLast();
  }

  private static String problem(Bytes der) throws FormatException {
    return RevocationList.parse(der).problem().orElse("");
  }

  /** A list with another content, under its old signature. */
  private static Bytes changed(Consumer<List<ASN1Encodable>> change) throws IOException {
    return changed(new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256), change);
  }

  private static Bytes changed(AlgorithmIdentifier outside, Consumer<List<ASN1Encodable>> change)
      throws IOException {
    var list = CertificateList.getInstance(build(b -> b).toArray());
    var tbs = new ArrayList<>(List.of(ASN1Sequence.getInstance(list.getTBSCertList()).toArray()));
    change.accept(tbs);
    var parts =
        new ASN1Encodable[] {
          new DERSequence(tbs.toArray(ASN1Encodable[]::new)), outside, list.getSignature()
        };
    return Bytes.copyOf(new DERSequence(parts).getEncoded("DER"));
  }

  @Test
  void aListThatEndsBeforeItBeginsIsMalformed() {
    var list = build(b -> b.setNextUpdate(Date.from(MADE.minusSeconds(1))));
    assertThrows(FormatException.class, () -> RevocationList.parse(list));
  }

  @Test
  void pemHoldsOneListAndNothingElse() throws FormatException {
    String list = pem("X509 CRL", build(b -> b));
    assertEquals(BigInteger.valueOf(7), RevocationList.parse(Bytes.utf8(list)).number());
    for (String other : List.of(list + list, pem("CERTIFICATE", build(b -> b)), "text", "")) {
      assertThrows(FormatException.class, () -> RevocationList.parse(Bytes.utf8(other)));
    }
  }

  private static String pem(String type, Bytes der) {
    var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, lines.encodeToString(der.toArray()), type);
  }

  @Test
  void aNumberIsNotNegativeAndShort() throws FormatException {
    assertEquals("", numbered(BigInteger.ZERO));
    assertEquals("", numbered(BigInteger.TWO.pow(159).subtract(BigInteger.ONE)));
    String words = "has no number of at most 20 bytes";
    assertEquals(words, numbered(BigInteger.TWO.pow(159)));
    assertEquals(words, numbered(BigInteger.ONE.negate()));
  }

  private static String numbered(BigInteger number) throws FormatException {
    var builder = new X509v2CRLBuilder(new X500Name("CN=root"), Date.from(MADE));
    builder.setNextUpdate(Date.from(MADE));
    with(builder, Extension.cRLNumber, false, new ASN1Integer(number));
    return problem(sign(builder));
  }

  @Test
  void criticalIsWhatIsUnderstood() throws FormatException {
    var unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.9");
    assertProblem("", b -> with(b, unknown, false, DERNull.INSTANCE));
    assertProblem(
        "has the critical extension 1.3.6.1.4.1.5.9",
        b -> with(b, unknown, true, DERNull.INSTANCE));
    var base = new ASN1Integer(6);
    assertProblem("", b -> with(b, Extension.deltaCRLIndicator, true, base));
    assertProblem(
        "is a delta and does not say so critically",
        b -> with(b, Extension.deltaCRLIndicator, false, base));
  }

  @Test
  void itsScopeIsAllOfItsIssuer() throws FormatException {
    var all = new IssuingDistributionPoint(null, false, false, null, false, false);
    assertProblem("", b -> with(b, POINT, true, all));
    assertProblem(LESS, b -> with(b, POINT, false, all));
    var name = new DistributionPointName(new GeneralNames(new GeneralName(new X500Name("CN=x"))));
    var reasons = new ReasonFlags(ReasonFlags.keyCompromise);
    var both =
        new DERSequence(
            new ASN1Encodable[] {
              new DERTaggedObject(false, 1, ASN1Boolean.TRUE),
              new DERTaggedObject(false, 2, ASN1Boolean.TRUE)
            });
    assertProblem(LESS, b -> with(b, POINT, true, both));
    for (var other :
        List.of(
            new IssuingDistributionPoint(null, false, false, null, true, false),
            new IssuingDistributionPoint(null, false, false, null, false, true),
            new IssuingDistributionPoint(null, false, false, reasons, false, false),
            new IssuingDistributionPoint(name, false, false, null, false, false))) {
      assertProblem(LESS, b -> with(b, POINT, true, other));
    }
  }

  @Test
  void aScopeCoversItsKindOfCertificates() throws FormatException {
    var leaf = ROOT.leaf(Subject.signer(Role.RELEASE));
    var users = new IssuingDistributionPoint(null, true, false, null, false, false);
    var authorities = new IssuingDistributionPoint(null, false, true, null, false, false);
    var forUsers = parse(b -> with(b, POINT, true, users));
    var forAuthorities = parse(b -> with(b, POINT, true, authorities));
    var forAll = parse(b -> b);
    assertEquals(true, forUsers.covers(leaf));
    assertEquals(false, forUsers.covers(ROOT.certificate()));
    assertEquals(false, forAuthorities.covers(leaf));
    assertEquals(true, forAuthorities.covers(ROOT.certificate()));
    assertEquals(true, forAll.covers(leaf));
    assertEquals(true, forAll.covers(ROOT.certificate()));
    assertEquals(true, forUsers.sameScope(parse(b -> with(b, POINT, true, users))));
    assertEquals(false, forUsers.sameScope(forAll));
  }

  @Test
  void entriesAreUnderstoodAndComeOnce() throws FormatException {
    var stranger = new GeneralNames(new GeneralName(new X500Name("CN=x")));
    String critical = "has an entry with a critical extension";
    assertProblem(critical, b -> entry(b, Extension.certificateIssuer, false, stranger));
    assertProblem(critical, b -> entry(b, Extension.invalidityDate, true, DERNull.INSTANCE));
    assertProblem("", b -> entry(b, Extension.invalidityDate, false, DERNull.INSTANCE));
    assertProblem("names a certificate twice", b -> held(held(b)));
    assertProblem("takes an entry back and is no delta", RevocationListTest::back);
    assertProblem("", b -> back(with(b, Extension.deltaCRLIndicator, true, new ASN1Integer(6))));
  }

  private static X509v2CRLBuilder held(X509v2CRLBuilder builder) {
    return builder.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.certificateHold);
  }

  private static X509v2CRLBuilder back(X509v2CRLBuilder builder) {
    return builder.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.removeFromCRL);
  }

  private static X509v2CRLBuilder entry(
      X509v2CRLBuilder builder, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(TestAuthority.extension(id, critical, value));
    return builder.addCRLEntry(SERIAL, Date.from(MADE), extensions.generate());
  }

  @Test
  void aListIsOfTheIssuerWhoseKeyItNames() throws FormatException {
    var other = TestAuthority.root("CN=root");
    var bare =
        TestAuthority.root(
            Subject.authority("CN=root", -1).without(Extension.subjectKeyIdentifier));
    var unnamed = parse(b -> b);
    assertEquals(true, unnamed.claims(ROOT.certificate()));
    assertEquals(true, unnamed.claims(other.certificate()));
    assertEquals(false, unnamed.claims(TestAuthority.root("CN=x").certificate()));
    byte[] key = Certificates.keyIdentifier(ROOT.certificate()).orElseThrow().toArray();
    var named =
        parse(
            b -> with(b, Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(key)));
    assertEquals(true, named.claims(ROOT.certificate()));
    assertEquals(false, named.claims(other.certificate()));
    assertEquals(true, named.claims(bare.certificate()));
    var byName =
        new AuthorityKeyIdentifier(
            new GeneralNames(new GeneralName(new X500Name("CN=root"))), BigInteger.ONE);
    assertEquals(
        true,
        parse(b -> with(b, Extension.authorityKeyIdentifier, false, byName))
            .claims(other.certificate()));
  }

  private static void assertProblem(String expected, UnaryOperator<X509v2CRLBuilder> change)
      throws FormatException {
    assertEquals(expected, parse(change).problem().orElse(""));
  }

  private static RevocationList parse(UnaryOperator<X509v2CRLBuilder> change)
      throws FormatException {
    return RevocationList.parse(build(change));
  }

  /** Ends when it begins, which it may. */
  private static Bytes build(UnaryOperator<X509v2CRLBuilder> change) {
    var builder = new X509v2CRLBuilder(new X500Name("CN=root"), Date.from(MADE));
    builder.setNextUpdate(Date.from(MADE));
    with(builder, Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(7)));
    return sign(change.apply(builder));
  }

  private static X509v2CRLBuilder with(
      X509v2CRLBuilder builder, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return builder.addExtension(TestAuthority.extension(id, critical, value));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes sign(X509v2CRLBuilder builder) {
    try {
      return Bytes.copyOf(builder.build(ROOT.signer()).getEncoded());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
