// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Revocation.Mode;
import dev.trustme.trust.TestAuthority.Subject;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each list and response differs in one thing from the one that is accepted. */
class RevocationTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final Instant MADE = AT.minus(Duration.ofDays(1));
  private static final Instant UNTIL = AT.plus(Duration.ofDays(1));
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final X509CertificateHolder LEAF = ROOT.leaf(Subject.signer(Role.RELEASE));
  private static final BigInteger SERIAL = LEAF.getSerialNumber();
  private static final X500Name NAME = new X500Name("CN=root");

  @Test
  void aListTellsWhoWasRevoked() {
    assertChecks(List.of(), Mode.REQUIRED, list(7, b -> b));
    assertChecks(List.of("certificate-revoked"), Mode.REQUIRED, list(7, b -> revoke(b, SERIAL)));
    assertChecks(List.of("certificate-revoked"), Mode.IF_PRESENT, list(7, b -> revoke(b, SERIAL)));
    assertChecks(List.of(), Mode.OFF, list(7, b -> revoke(b, SERIAL)));
    assertChecks(List.of(), Mode.REQUIRED, list(7, b -> revoke(b, SERIAL.add(BigInteger.ONE))));
  }

  @Test
  void whatIsKnownMayBeRequired() {
    assertChecks(List.of("revocation-known"), Mode.REQUIRED);
    assertChecks(List.of(), Mode.IF_PRESENT);
    var other = TestAuthority.root("CN=other");
    var foreign = sign(other, builder(new X500Name("CN=other"), MADE, UNTIL, 7));
    assertChecks(List.of("revocation-known"), Mode.REQUIRED, foreign);
    assertChecks(List.of(), Mode.IF_PRESENT, foreign);
  }

  @Test
  void aListIsSignedByTheIssuerItself() {
    var impostor = sign(TestAuthority.root("CN=root"), builder(NAME, MADE, UNTIL, 7));
    assertChecks(List.of("revocation-list-signature"), Mode.IF_PRESENT, impostor);
    var noLists = TestAuthority.root(Subject.authority("CN=root", -1).usage(KeyUsage.keyCertSign));
    var revocation =
        Revocation.of(
            Mode.IF_PRESENT, List.of(sign(noLists, builder(NAME, MADE, UNTIL, 7))), List.of());
    assertEquals(
        List.of("revocation-list-signer"),
        failures(noLists, noLists.leaf(Subject.signer(Role.RELEASE)), revocation));
  }

  @Test
  void anOldListDoesNotHold() {
    var old = sign(ROOT, builder(NAME, MADE.minusSeconds(10), MADE, 7));
    assertChecks(List.of("revocation-stale"), Mode.REQUIRED, old);
    assertChecks(List.of(), Mode.IF_PRESENT, old);
    var early = sign(ROOT, builder(NAME, AT.plusSeconds(1), UNTIL, 7));
    assertChecks(List.of("revocation-early"), Mode.IF_PRESENT, early);
    var oldRevoked = sign(ROOT, revoke(builder(NAME, MADE.minusSeconds(10), MADE, 7), SERIAL));
    assertChecks(List.of("certificate-revoked"), Mode.IF_PRESENT, oldRevoked);
  }

  @Test
  void numbersDoNotGoBack() {
    var floors = Map.of(Revocation.issuerKey(ROOT.certificate()), BigInteger.valueOf(8));
    var seven = Revocation.of(Mode.IF_PRESENT, List.of(list(7, b -> b)), List.of());
    assertEquals(List.of("revocation-number"), failures(ROOT, LEAF, seven.withFloors(floors)));
    var eight = Revocation.of(Mode.IF_PRESENT, List.of(list(8, b -> b)), List.of());
    assertEquals(List.of(), failures(ROOT, LEAF, eight.withFloors(floors)));
    var signer = (Verdict.Accepted<TrustedSigner>) validate(ROOT, LEAF, eight);
    assertEquals(floors, signer.value().listNumbers());
  }

  @Test
  void theNewestListCounts() {
    var revoked = list(7, b -> revoke(b, SERIAL));
    assertChecks(List.of(), Mode.REQUIRED, revoked, list(8, b -> b));
    assertChecks(List.of("certificate-revoked"), Mode.REQUIRED, list(6, b -> b), revoked);
  }

  @Test
  void aDeltaChangesItsList() {
    var complete = list(7, b -> b);
    assertChecks(
        List.of("certificate-revoked"),
        Mode.REQUIRED,
        complete,
        delta(7, 8, b -> revoke(b, SERIAL)));
    assertChecks(List.of(), Mode.REQUIRED, complete, delta(7, 8, b -> b));
    assertChecks(
        List.of(),
        Mode.REQUIRED,
        list(7, b -> b.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.certificateHold)),
        delta(7, 8, b -> b.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.removeFromCRL)));
    assertChecks(List.of("revocation-delta"), Mode.REQUIRED, complete, delta(8, 9, b -> b));
    assertChecks(List.of("revocation-known"), Mode.REQUIRED, delta(7, 8, b -> b));
    assertChecks(List.of(), Mode.REQUIRED, complete, delta(5, 6, b -> revoke(b, SERIAL)));
    assertChecks(
        List.of("certificate-revoked"),
        Mode.REQUIRED,
        complete,
        delta(6, 7, b -> revoke(b, SERIAL)));
  }

  @Test
  void aListThatSaysLessThanItSeemsIsRefused() {
    var id = new ASN1ObjectIdentifier("1.3.6.1.4.1.55738.1");
    assertUnusable(list(7, b -> with(b, id, true, DERNull.INSTANCE)));
    var indirect = new IssuingDistributionPoint(null, false, false, null, true, false);
    assertUnusable(list(7, b -> with(b, Extension.issuingDistributionPoint, true, indirect)));
    assertUnusable(
        sign(ROOT, new X509v2CRLBuilder(NAME, Date.from(MADE)).setNextUpdate(Date.from(UNTIL))));
    assertUnusable(list(7, b -> b.addCRLEntry(SERIAL, Date.from(MADE), CRLReason.removeFromCRL)));
    var users = new IssuingDistributionPoint(null, true, false, null, false, false);
    assertChecks(
        List.of(),
        Mode.REQUIRED,
        list(7, b -> with(b, Extension.issuingDistributionPoint, true, users)));
    var authorities = new IssuingDistributionPoint(null, false, true, null, false, false);
    assertChecks(
        List.of("revocation-known"),
        Mode.REQUIRED,
        list(7, b -> with(b, Extension.issuingDistributionPoint, true, authorities)));
  }

  private static void assertUnusable(RevocationList list) {
    assertChecks(List.of("revocation-list"), Mode.IF_PRESENT, list);
  }

  @Test
  void theIssuerAnswersItself() {
    assertOcsp(List.of(), Mode.REQUIRED, staple(ROOT, null, CertificateStatus.GOOD, MADE, UNTIL));
    assertOcsp(
        List.of("ocsp-revoked"),
        Mode.IF_PRESENT,
        staple(ROOT, null, new RevokedStatus(Date.from(MADE), 1), MADE, UNTIL));
    assertOcsp(
        List.of("ocsp-status"),
        Mode.IF_PRESENT,
        staple(ROOT, null, new UnknownStatus(), MADE, UNTIL));
    var stale = staple(ROOT, null, CertificateStatus.GOOD, MADE.minusSeconds(5), MADE);
    assertOcsp(List.of("revocation-stale"), Mode.REQUIRED, stale);
    assertOcsp(List.of(), Mode.IF_PRESENT, stale);
    assertOcsp(
        List.of("ocsp-time"),
        Mode.IF_PRESENT,
        staple(ROOT, null, CertificateStatus.GOOD, AT.plusSeconds(2), UNTIL));
  }

  @Test
  void aResponderIsDelegated() {
    var responder =
        Subject.signer(Role.OCSP)
            .named("CN=responder")
            .with(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
    assertResponder(List.of(), ROOT, responder);
    assertResponder(List.of("ocsp-responder"), TestAuthority.root("CN=root"), responder);
    assertResponder(
        List.of("ocsp-responder"),
        ROOT,
        responder.without(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck));
    assertResponder(List.of("ocsp-responder"), ROOT, responder.without(Extension.extendedKeyUsage));
    assertResponder(
        List.of("ocsp-responder"), ROOT, responder.valid(TestAuthority.FROM, AT.minusSeconds(1)));
    assertResponder(List.of("ocsp-responder"), ROOT, responder.ca(0));
    var below = ROOT.authority(Subject.authority("CN=below", 0));
    assertResponder(List.of("ocsp-responder"), below, responder);
  }

  private static void assertResponder(
      List<String> expected, TestAuthority certifier, Subject subject) {
    var responder = certifier.authority(subject);
    assertOcsp(
        expected,
        Mode.IF_PRESENT,
        staple(responder, responder.certificate(), CertificateStatus.GOOD, MADE, UNTIL));
  }

  @Test
  void aResponseOfAnotherKeyIsRefused() {
    var other = TestAuthority.root("CN=root");
    assertOcsp(
        List.of("ocsp-signature"),
        Mode.IF_PRESENT,
        staple(other, null, CertificateStatus.GOOD, MADE, UNTIL));
  }

  @Test
  void otherBytesAreMalformed() throws IOException {
    assertThrows(FormatException.class, () -> RevocationList.parse(Bytes.empty()));
    assertThrows(FormatException.class, () -> RevocationList.parse(Certificates.der(LEAF)));
    assertThrows(FormatException.class, () -> OcspStaple.parse(Certificates.der(LEAF)));
    assertThrows(FormatException.class, () -> OcspStaple.parse(Bytes.fromHex("30030a0103")));
  }

  private static void assertChecks(List<String> expected, Mode mode, RevocationList... lists) {
    var revocation = Revocation.of(mode, List.of(lists), List.of());
    assertEquals(expected, failures(ROOT, LEAF, revocation));
  }

  private static void assertOcsp(List<String> expected, Mode mode, OcspStaple staple) {
    var revocation = Revocation.of(mode, List.of(), List.of(staple));
    assertEquals(expected, failures(ROOT, LEAF, revocation));
  }

  private static List<String> failures(
      TestAuthority root, X509CertificateHolder leaf, Revocation revocation) {
    return validate(root, leaf, revocation).failures().stream().map(Check::id).toList();
  }

  private static Verdict<TrustedSigner> validate(
      TestAuthority root, X509CertificateHolder leaf, Revocation revocation) {
    return new PathValidator(new TrustStore(List.of(root.certificate())), AT)
        .validate(List.of(leaf), PathPolicy.of(Role.RELEASE).with(revocation));
  }

  private static RevocationList list(int number, UnaryOperator<X509v2CRLBuilder> change) {
    return sign(ROOT, change.apply(builder(NAME, MADE, UNTIL, number)));
  }

  private static RevocationList delta(
      int base, int number, UnaryOperator<X509v2CRLBuilder> change) {
    return list(
        number,
        b -> change.apply(with(b, Extension.deltaCRLIndicator, true, new ASN1Integer(base))));
  }

  private static X509v2CRLBuilder builder(X500Name name, Instant from, Instant to, int number) {
    var builder = new X509v2CRLBuilder(name, Date.from(from)).setNextUpdate(Date.from(to));
    return with(builder, Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
  }

  private static X509v2CRLBuilder revoke(X509v2CRLBuilder builder, BigInteger serial) {
    return builder.addCRLEntry(serial, Date.from(MADE), CRLReason.keyCompromise);
  }

  private static X509v2CRLBuilder with(
      X509v2CRLBuilder builder, ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return builder.addExtension(TestAuthority.extension(id, critical, value));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RevocationList sign(TestAuthority authority, X509v2CRLBuilder builder) {
    try {
      return RevocationList.parse(Bytes.copyOf(builder.build(authority.signer()).getEncoded()));
    } catch (IOException | FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static OcspStaple staple(
      TestAuthority signer,
      @Nullable X509CertificateHolder enclosed,
      CertificateStatus status,
      Instant from,
      Instant to) {
    try {
      var digests = new JcaDigestCalculatorProviderBuilder().build();
      var id = new CertificateID(digests.get(CertificateID.HASH_SHA1), ROOT.certificate(), SERIAL);
      var builder = new BasicOCSPRespBuilder(new RespID(signer.certificate().getSubject()));
      builder.addResponse(id, status, Date.from(from), Date.from(to));
      var chain =
          enclosed == null ? new X509CertificateHolder[0] : new X509CertificateHolder[] {enclosed};
      var basic = builder.build(signer.signer(), chain, Date.from(from));
      var response = new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic);
      return OcspStaple.parse(Bytes.copyOf(response.getEncoded()));
    } catch (IOException | FormatException | OCSPException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
