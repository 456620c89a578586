// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureList;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** Paths as firmware walks them; each differs in one thing from one that holds. */
class SignerPathTest {
  private static final KeyPair ROOT = TestSigners.ec("secp256r1");
  private static final KeyPair SUB = TestSigners.ec("secp256r1");
  private static final KeyPair SIGNER = TestSigners.ec("secp256r1");
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.5.9");

  private static final Part CA = part(Extension.basicConstraints, new BasicConstraints(true));
  private static final X509CertificateHolder TOP = issue("root", ROOT, "root", ROOT, CA);
  private static final X509CertificateHolder MIDDLE = issue("root", ROOT, "sub", SUB, CA);
  private static final X509CertificateHolder LEAF = issue("sub", SUB, "signer", SIGNER);

  /** An extension. */
  private record Part(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

  private static Part part(ASN1ObjectIdentifier id, ASN1Encodable value) {
    return new Part(id, true, value);
  }

  private static X509CertificateHolder issue(
      String issuer, KeyPair issuerKeys, String subject, KeyPair keys, Part... parts) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              new X500Name("CN=" + issuer),
              BigInteger.TWO,
              Date.from(TestSigners.AT),
              Date.from(TestSigners.AT),
              new X500Name("CN=" + subject),
              TestSigners.info(keys));
      for (Part part : parts) {
        builder.addExtension(part.id(), part.critical(), part.value());
      }
      return builder.build(
          new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean leads(X509CertificateHolder leaf, X509CertificateHolder... hints) {
    return new SignerPath(leaf, List.of(hints)).leadsTo(TOP);
  }

  @Test
  void aPathIsFollowedThroughWhatTravelsAlong() {
    assertEquals(true, leads(LEAF, MIDDLE));
    assertEquals(List.of(LEAF, MIDDLE), new SignerPath(LEAF, List.of(MIDDLE)).certificates());
    assertEquals(
        List.of(LEAF, MIDDLE, TOP), new SignerPath(LEAF, List.of(TOP, MIDDLE)).certificates());
    assertEquals(false, leads(LEAF));
    assertEquals(true, leads(MIDDLE));
    assertEquals(true, leads(TOP));
    assertEquals(true, new SignerPath(LEAF, List.of()).leadsTo(LEAF));
    assertEquals(List.of(LEAF), new SignerPath(LEAF, List.of(LEAF, LEAF)).certificates());
  }

  @Test
  void anIssuerHasTheNameAndTheKey() {
    assertEquals(false, leads(LEAF, issue("root", ROOT, "other", SUB, CA)));
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", TestSigners.ec("secp256r1"), CA)));
    var rsa = TestSignedData.RSA;
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", rsa, CA)));
  }

  @Test
  void anIssuerIsAnAuthorityThatMaySign() {
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", SUB)));
    var none = part(Extension.basicConstraints, new BasicConstraints(false));
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", SUB, none)));
    var signs = part(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign));
    assertEquals(true, leads(LEAF, issue("root", ROOT, "sub", SUB, CA, signs)));
    var lists = part(Extension.keyUsage, new KeyUsage(KeyUsage.cRLSign));
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", SUB, CA, lists)));
  }

  @Test
  void aCriticalExtensionThatIsNotKnownEndsThePath() {
    var unknown = part(UNKNOWN, DERNull.INSTANCE);
    assertEquals(false, leads(issue("sub", SUB, "signer", SIGNER, unknown), MIDDLE));
    assertEquals(false, leads(LEAF, issue("root", ROOT, "sub", SUB, CA, unknown)));
    var optional = new Part(UNKNOWN, false, DERNull.INSTANCE);
    assertEquals(true, leads(issue("sub", SUB, "signer", SIGNER, optional), MIDDLE));
  }

  // dbx.

  /** EFI_CERT_X509_SHA256: the digest of what is signed of the certificate, and a time. */
  private static SignatureList revoked(X509CertificateHolder certificate, String time) {
    var tbs = Pkcs7Signature.encoded(certificate.toASN1Structure().getTBSCertificate());
    return list(HashAlgorithm.SHA256.digest(tbs).value(), time);
  }

  private static SignatureList list(Bytes digest, String time) {
    var list =
        Bytes.concat(
            Bytes.fromHex(
                "92a4d23bc0967940b420fcf98ef103ed" + "5c000000" + "00000000" + "40000000"),
            Bytes.zeros(16),
            digest,
            Bytes.fromHex(time));
    try {
      return SignatureList.parseDatabase(list).getFirst();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static String refusal(SignatureList... dbx) {
    return SignatureDatabase.refusal(List.of(dbx), new SignerPath(LEAF, List.of(MIDDLE)))
        .map(r -> r.id("dbx") + " " + r.seen())
        .orElse("");
  }

  @Test
  void aDigestOfAnyCertificateOfThePathRefuses() {
    String always = "00".repeat(16);
    assertEquals(
        "dbx-hash CN=sub, whose digest is entry 1, revoked from the beginning",
        refusal(revoked(MIDDLE, always)));
    assertEquals(
        "dbx-hash CN=signer, whose digest is entry 2, revoked from 2026-11-22T00:00:00Z",
        refusal(list(Bytes.zeros(32), always), revoked(LEAF, "ea070b16" + "00".repeat(12))));
    assertEquals(
        "dbx-hash CN=signer, whose digest is entry 1, revoked from an unreadable time",
        refusal(revoked(LEAF, "ff".repeat(16))));
    assertEquals("", refusal(revoked(TOP, always)));
    assertEquals("", refusal(list(Bytes.zeros(32), always)));
  }

  @Test
  void aCertificateThatThePathLeadsToRefuses() {
    var owner = new EfiGuid(new UUID(0, 0));
    var top = SignatureList.x509(owner, Certificates.der(TOP));
    assertEquals("dbx CN=root, which is entry 1", refusal(top));
    var other = issue("x", SIGNER, "x", SIGNER, CA);
    assertEquals("", refusal(SignatureList.x509(owner, Certificates.der(other))));
  }

  @Test
  void aDatabaseOfCertificatesHoldsThemInOrder() {
    var database = SignatureDatabase.of(List.of(MIDDLE, TOP));
    assertEquals(List.of(), database.dbx());
    var found = SignatureDatabase.certificates(database.db());
    assertEquals(List.of(1, 2), found.stream().map(ListedEntry::number).toList());
    assertEquals(MIDDLE, found.getFirst().certificate().orElseThrow());
    assertEquals("CN=root", found.getLast().name());
    var path = new SignerPath(LEAF, List.of());
    assertEquals(1, SignatureDatabase.authority(database.db(), path).orElseThrow().number());
  }

  @Test
  void whatIsNoCertificateIsPassedOver() {
    var owner = new EfiGuid(new UUID(0, 0));
    var broken = SignatureList.x509(owner, Bytes.fromHex("3000"));
    assertEquals(List.of(), SignatureDatabase.certificates(List.of(broken)));
    assertEquals("", refusal(broken));
  }
}
