// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.TestAuthority.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final Subject SIGNER = Subject.signer(Role.RELEASE);
  private static final X509CertificateHolder LEAF = ROOT.leaf(SIGNER);

  @Test
  void readsDerAndPem() throws FormatException {
    var both = List.of(LEAF, ROOT.certificate());
    Bytes pem = Bytes.utf8(Certificates.pem(both));
    assertEquals(List.of(LEAF), Certificates.parse(Certificates.der(LEAF)));
    assertEquals(List.of(LEAF), Certificates.parseAllAsReceived(Certificates.der(LEAF)));
    assertEquals(both, Certificates.parse(pem));
    assertEquals(both, Certificates.parseAllAsReceived(pem));
    assertEquals(
        HashAlgorithm.SHA256.digest(Certificates.der(LEAF)), Certificates.fingerprint(LEAF));
  }

  @Test
  void aFileHoldsCertificatesAndNothingElse() {
    String pem = Certificates.pem(List.of(LEAF));
    assertProblem("holds no certificate", Bytes.empty());
    assertProblem("holds no certificate", Bytes.utf8("text"));
    assertProblem(
        "expected certificates only, found X", Bytes.utf8(pem.replace("CERTIFICATE", "X")));
    assertProblem(
        "is not a PEM certificate file", Bytes.utf8("-----BEGIN CERTIFICATE-----\nAAAA\n"));
    Bytes der = Certificates.der(LEAF);
    assertProblem("is not an X.509 certificate", Bytes.concat(der, Bytes.zeros(1)));
    assertProblem("is not an X.509 certificate", der.slice(0, der.size() - 1));
  }

  private static void assertProblem(String problem, Bytes content) {
    assertEquals(
        problem, assertThrows(FormatException.class, () -> Certificates.parse(content)).problem());
  }

  @Test
  void whatIsAskedLaterCanBeRead() {
    for (var id :
        List.of(
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectKeyIdentifier,
            Extension.authorityKeyIdentifier,
            Extension.subjectAlternativeName)) {
      assertUnreadable(SIGNER.with(id, false, DERNull.INSTANCE));
    }
    var name = new GeneralName(GeneralName.directoryName, name("a".repeat(4096)));
    assertUnreadable(SIGNER.with(Extension.subjectAlternativeName, false, new GeneralNames(name)));
  }

  private static void assertUnreadable(Subject subject) {
    var der = Certificates.der(ROOT.leaf(subject));
    assertProblem("is not an X.509 certificate", der);
  }

  @Test
  void namesAreBounded() throws FormatException {
    Certificates.requireReadable(name("a".repeat(4093)));
    assertThrows(
        IllegalArgumentException.class, () -> Certificates.requireReadable(name("a".repeat(4094))));
    assertUnreadable(SIGNER.named("DC=" + "a".repeat(4094)));
    var long1 = TestAuthority.root("DC=" + "a".repeat(4094));
    assertUnreadable(SIGNER.named("DC=" + "b".repeat(4094)));
    assertProblem("is not an X.509 certificate", Certificates.der(long1.leaf(SIGNER)));
  }

  private static X500Name name(String component) {
    return new X500Name("DC=" + component);
  }

  @Test
  void aCertificateEndsAfterItBegins() throws FormatException {
    Instant at = TestAuthority.FROM;
    var moment = ROOT.leaf(SIGNER.valid(at, at));
    assertEquals(List.of(moment), Certificates.parse(Certificates.der(moment)));
    assertUnreadable(SIGNER.valid(at, at.minusSeconds(1)));
  }

  /** X.690, 11.6: the parts of a SET are in order; makers of TPMs have signed others. */
  @Test
  void partsOutOfOrderAreReadWhereThatIsSaid() throws FormatException {
    var parts = new ASN1Encodable[] {attribute(BCStyle.O, "z"), attribute(BCStyle.CN, "a")};
    var leaf = ROOT.outOfOrder(SIGNER, parts);
    var der = Certificates.der(leaf);
    assertProblem("is not DER, or bytes follow it", der);
    assertEquals(List.of(leaf), Certificates.parseAllAsReceived(der));
    assertEquals(false, Certificates.inOrder(leaf));
    assertEquals(true, Signatures.issued(ROOT.certificate(), leaf));
    var swapped = new ASN1Encodable[] {parts[1], parts[0]};
    assertEquals(true, Certificates.inOrder(ROOT.outOfOrder(SIGNER, swapped)));
  }

  private static DERSequence attribute(ASN1ObjectIdentifier type, String value) {
    return new DERSequence(new ASN1Encodable[] {type, new DERUTF8String(value)});
  }

  /** What is signed has fewer than 128 bytes, so that its length is one byte. */
  @Test
  void readsTheShortest() throws IOException, FormatException {
    var algorithm = new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    var time = new Time(Date.from(TestAuthority.FROM));
    var tbs =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1Integer(1),
              algorithm,
              new X500Name("CN=a"),
              new DERSequence(new ASN1Encodable[] {time, time}),
              new X500Name(""),
              new SubjectPublicKeyInfo(algorithm, new byte[32])
            });
    var parts = new ASN1Encodable[] {tbs, algorithm, new DERBitString(new byte[64])};
    var der = Bytes.copyOf(new DERSequence(parts).getEncoded("DER"));
    assertEquals(true, tbs.getEncoded("DER").length < 0x80);
    assertEquals(der, Certificates.der(Certificates.parseDer(der)));
  }

  @Test
  void aKeyIdentifierMayBeMissing() {
    assertEquals(true, Certificates.keyIdentifier(LEAF).isPresent());
    assertEquals(
        Optional.empty(),
        Certificates.keyIdentifier(ROOT.leaf(SIGNER.without(Extension.subjectKeyIdentifier))));
  }

  @Test
  void aTrustStoreNamesTheFileThatIsNone(@TempDir Path folder) throws IOException, FormatException {
    Path good = folder.resolve("good.pem");
    Files.writeString(good, Certificates.pem(List.of(LEAF, ROOT.certificate())));
    Path bad = folder.resolve("bad.pem");
    Files.writeString(bad, "text");
    assertEquals(List.of(LEAF, ROOT.certificate()), TrustStore.load(List.of(good)).anchors());
    var thrown = assertThrows(FormatException.class, () -> TrustStore.load(List.of(good, bad)));
    assertEquals(true, String.valueOf(thrown.getMessage()).contains("bad.pem"));
  }
}
