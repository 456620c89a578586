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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
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

/** RFC 6960, 3.2 and 4.2: each response differs in one thing from one that counts. */
class OcspStapleTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final Date NOW = Date.from(AT);
  private static final Date LATER = Date.from(AT.plusSeconds(1));
  private static final Date EARLIER = Date.from(AT.minusSeconds(1));
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final X509CertificateHolder LEAF = ROOT.leaf(Subject.signer(Role.RELEASE));
  private static final BigInteger SERIAL = LEAF.getSerialNumber();
  private static final CertificateStatus GOOD = CertificateStatus.GOOD;
  private static final ASN1ObjectIdentifier NOCHECK = OCSPObjectIdentifiers.id_pkix_ocsp_nocheck;
  private static final Subject RESPONDER =
      Subject.signer(Role.OCSP).named("CN=responder").with(NOCHECK, false, DERNull.INSTANCE);

  /** What a test makes a response of. */
  private static final class Response {
    TestAuthority signer = ROOT;
    String algorithm = "SHA256withECDSA";
    Date produced = NOW;
    List<X509CertificateHolder> certificates = List.of();
    final BasicOCSPRespBuilder builder;

    Response(Consumer<BasicOCSPRespBuilder> entries) {
      this(new RespID(ROOT.certificate().getSubject()), entries);
    }

    Response(RespID responder, Consumer<BasicOCSPRespBuilder> entries) {
      builder = new BasicOCSPRespBuilder(responder);
      entries.accept(builder);
    }

    Bytes encode() {
      try {
        var basic =
            builder.build(
                signer.signer(algorithm),
                certificates.toArray(X509CertificateHolder[]::new),
                produced);
        var response = new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic);
        return Bytes.copyOf(response.getEncoded());
      } catch (OCSPException | IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Response response(Date from, @Nullable Date to) {
    return new Response(b -> b.addResponse(id(SERIAL), GOOD, from, to));
  }

  private static CertificateID id(BigInteger serial) {
    return id(OIWObjectIdentifiers.idSHA1, ROOT.certificate(), serial);
  }

  private static CertificateID id(
      ASN1ObjectIdentifier hash, X509CertificateHolder issuer, BigInteger serial) {
    try {
      var digests = new JcaDigestCalculatorProviderBuilder().setProvider(Pkix.PROVIDER).build();
      return new CertificateID(digests.get(new AlgorithmIdentifier(hash)), issuer, serial);
    } catch (OCSPException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itHoldsFromItsFirstToItsLastSecond() throws FormatException {
    assertFailures("", response(NOW, NOW));
    assertFailures("", response(EARLIER, LATER));
    assertFailures("revocation-stale", response(EARLIER, EARLIER));
    assertFailures("ocsp-time", response(LATER, LATER));
    assertFailures("ocsp-time", response(NOW, EARLIER));
    assertFailures("ocsp-time", response(NOW, null));
    var early = response(NOW, NOW);
    early.produced = LATER;
    assertFailures("ocsp-time", early);
  }

  @Test
  void certificatesAreNamedByTheirIssuerAndNumber() throws FormatException {
    for (var hash :
        List.of(
            OIWObjectIdentifiers.idSHA1,
            NISTObjectIdentifiers.id_sha256,
            NISTObjectIdentifiers.id_sha384,
            NISTObjectIdentifiers.id_sha512)) {
      assertFailures("", of(id(hash, ROOT.certificate(), SERIAL)));
    }
    var sha224 = NISTObjectIdentifiers.id_sha224;
    assertFailures("revocation-known", of(id(sha224, ROOT.certificate(), SERIAL)));
    assertFailures("revocation-known", of(id(SERIAL.add(BigInteger.ONE))));
    var sha256 = NISTObjectIdentifiers.id_sha256;
    var sameName = TestAuthority.root("CN=root").certificate();
    assertFailures("revocation-known", of(id(sha256, sameName, SERIAL)));
    var sameKey = ROOT.certify(ROOT, Subject.authority("CN=other", -1));
    assertFailures("revocation-known", of(id(sha256, sameKey, SERIAL)));
  }

  private static Response of(CertificateID id) {
    return new Response(b -> b.addResponse(id, GOOD, NOW, NOW));
  }

  /** Of two statements about a certificate, in whatever order, the worst counts. */
  @Test
  void theWorstStatementCounts() throws FormatException {
    var revoked = new RevokedStatus(EARLIER, 1);
    List<CertificateStatus> statuses = new ArrayList<>();
    statuses.add(GOOD);
    statuses.add(revoked);
    for (int i = 0; i < 2; i++) {
      assertFailures("ocsp-revoked", statements(statuses));
      Collections.reverse(statuses);
    }
    assertFailures("ocsp-status", statements(List.of(new UnknownStatus(), revoked)));
    var equal =
        new Response(b -> {
          b.addResponse(id(SERIAL), GOOD, EARLIER, EARLIER);
          b.addResponse(id(SERIAL), GOOD, NOW, NOW);
        });
    assertFailures("revocation-stale", equal);
    var foreign =
        new Response(b -> {
          b.addResponse(id(BigInteger.ONE), revoked, NOW, NOW);
          b.addResponse(id(SERIAL), GOOD, NOW, NOW);
        });
    assertFailures("", foreign);
  }

  private static Response statements(List<CertificateStatus> statuses) {
    return new Response(b -> statuses.forEach(s -> b.addResponse(id(SERIAL), s, NOW, NOW)));
  }

  @Test
  void criticalExtensionsAreNotUnderstood() throws FormatException {
    var id = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.9");
    for (boolean critical : new boolean[] {true, false}) {
      var extensions = new Extensions(TestAuthority.extension(id, critical, DERNull.INSTANCE));
      var single = new Response(b -> b.addResponse(id(SERIAL), GOOD, NOW, NOW, extensions));
      assertFailures(critical ? "ocsp-extension" : "", single);
      var whole = response(NOW, NOW);
      whole.builder.setResponseExtensions(extensions);
      assertFailures(critical ? "ocsp-extension" : "", whole);
    }
  }

  @Test
  void theIssuerIsNamedByItsNameOrItsKey() throws FormatException {
    assertFailures("", new Response(byKey(ROOT), b -> b.addResponse(id(SERIAL), GOOD, NOW, NOW)));
    var other = TestAuthority.root("CN=root");
    assertFailures(
        "ocsp-signature",
        new Response(byKey(other), b -> b.addResponse(id(SERIAL), GOOD, NOW, NOW)));
    var unsigned = response(NOW, NOW);
    unsigned.signer = other;
    assertFailures("ocsp-signature", unsigned);
  }

  @Test
  void aSha1SignatureIsNone() throws FormatException {
    var weak = response(NOW, NOW);
    weak.algorithm = "SHA1withECDSA";
    assertFailures("ocsp-signature", weak);
  }

  private static RespID byKey(TestAuthority authority) {
    try {
      var sha1 = new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
      return new RespID(authority.certificate().getSubjectPublicKeyInfo(), sha1);
    } catch (OCSPException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aResponderMaySignAndNothingElse() throws FormatException {
    assertFailures("", delegated(ROOT.authority(RESPONDER)));
    assertFailures("ocsp-responder", delegated(ROOT.authority(RESPONDER.ca(0))));
    var encrypts = RESPONDER.usage(KeyUsage.keyEncipherment);
    assertFailures("ocsp-responder", delegated(ROOT.authority(encrypts)));
    var anything = RESPONDER.without(Extension.keyUsage);
    assertFailures("ocsp-responder", delegated(ROOT.authority(anything)));
    var badForm = RESPONDER.without(Extension.authorityKeyIdentifier);
    var formless = delegated(ROOT.authority(badForm));
    assertFailures("ocsp-responder", formless);
    assertEquals("certificate-authority-key: none", checks(formless).getFirst().seen());
    var forged = delegated(ROOT.authority(RESPONDER));
    forged.signer = TestAuthority.root("CN=responder");
    assertFailures("ocsp-signature", forged);
    var twin = TestAuthority.root("CN=root").authority(RESPONDER);
    assertFailures("ocsp-responder", delegated(twin));
  }

  private static Response delegated(TestAuthority responder) {
    var made =
        new Response(
            new RespID(responder.certificate().getSubject()),
            b -> b.addResponse(id(SERIAL), GOOD, NOW, NOW));
    made.signer = responder;
    made.certificates = List.of(responder.certificate());
    return made;
  }

  @Test
  void sizesAreBounded() throws FormatException {
    var eight = response(NOW, NOW);
    eight.certificates = Collections.nCopies(8, ROOT.certificate());
    assertFailures("", eight);
    var nine = response(NOW, NOW);
    nine.certificates = Collections.nCopies(9, ROOT.certificate());
    assertMalformed("9 certificates", nine);
    assertMalformed("0 responses", new Response(b -> {}));
    assertFailures("", statements(Collections.nCopies(4096, GOOD)));
    assertMalformed("4097 responses", statements(Collections.nCopies(4097, GOOD)));
  }

  private static void assertMalformed(String problem, Response response) {
    var thrown = assertThrows(FormatException.class, () -> OcspStaple.parse(response.encode()));
    assertEquals(problem, thrown.problem());
  }

  @Test
  void aResponderHasANameThatCanBeRead() {
    var endless = new RespID(new X500Name("DC=" + "a".repeat(4094)));
    assertMalformed(
        "is no OCSP response",
        new Response(endless, b -> b.addResponse(id(SERIAL), GOOD, NOW, NOW)));
  }

  private static void assertFailures(String expected, Response response) throws FormatException {
    var failed = checks(response).stream().filter(Check::failed).map(Check::id).toList();
    assertEquals(expected, String.join(" ", failed));
  }

  private static List<Check> checks(Response response) throws FormatException {
    var revocation =
        Revocation.of(Mode.REQUIRED, List.of(), List.of(OcspStaple.parse(response.encode())));
    return new RevocationChecker(revocation, AT)
        .check(new CandidatePath(List.of(LEAF, ROOT.certificate())));
  }
}
