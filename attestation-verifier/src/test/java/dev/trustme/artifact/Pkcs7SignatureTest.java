// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static dev.trustme.artifact.TestSignedData.CERTIFICATE;
import static dev.trustme.artifact.TestSignedData.RSA;
import static dev.trustme.artifact.TestSignedData.info;
import static dev.trustme.artifact.TestSignedData.keys;
import static dev.trustme.artifact.TestSignedData.sign;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;

/** RFC 5652, 5: each signature differs in one thing from one that can be read. */
class Pkcs7SignatureTest {
  private static final Bytes MESSAGE = Bytes.utf8("a message");
  private static final ASN1ObjectIdentifier RSA_ENCRYPTION = PKCSObjectIdentifiers.rsaEncryption;

  private static TestSignedData signed() {
    var signed = new TestSignedData();
    signed.value = sign("SHA256withRSA", MESSAGE);
    return signed;
  }

  @Test
  void tellsWhoSignedAndHow() throws FormatException {
    var signed = signed();
    signed.certificates = List.of(CERTIFICATE);
    var parsed = Pkcs7Signature.parse(signed.encode());
    assertEquals("serial ff issued by CN=signer", parsed.signerName());
    assertEquals("sha256", parsed.digestName());
    assertEquals(RSA_ENCRYPTION.getId(), parsed.algorithmName());
    assertEquals(List.of(CERTIFICATE), parsed.certificates());
    assertEquals(true, parsed.namesSigner(CERTIFICATE));
    assertEquals(true, parsed.verifies(CERTIFICATE, MESSAGE));
    assertEquals(false, parsed.verifies(CERTIFICATE, Bytes.empty()));
    signed.digest = NISTObjectIdentifiers.id_sha224;
    assertEquals(
        NISTObjectIdentifiers.id_sha224.getId(),
        Pkcs7Signature.parse(signed.encode()).digestName());
  }

  @Test
  void aKeyIdentifierNamesTheSignerOnlyForKernels() throws FormatException {
    var signed = signed();
    signed.version = 3;
    signed.name = identifier("0a0b");
    var parsed = Pkcs7Signature.parseAnyName(signed.encode());
    assertEquals("key identifier 0a0b", parsed.signerName());
    assertMalformed("expected 1 and 1", signed);
    signed.version = 1;
    assertThrows(FormatException.class, () -> Pkcs7Signature.parseAnyName(signed.encode()));
  }

  private static ASN1Encodable identifier(String hex) {
    return new DERTaggedObject(false, 0, new DEROctetString(Bytes.fromHex(hex).toArray()));
  }

  @Test
  void anUnnamedSignerOrAnEmptySignatureIsMalformed() {
    var unnamed = signed();
    unnamed.version = 3;
    unnamed.name = identifier("");
    assertThrows(FormatException.class, () -> Pkcs7Signature.parseAnyName(unnamed.encode()));
    var nobody = signed();
    nobody.name = new IssuerAndSerialNumber(new X500Name(""), BigInteger.ONE);
    assertMalformed("is not a SignedData", nobody);
    var empty = signed();
    empty.value = Bytes.empty();
    assertMalformed("is not a SignedData", empty);
  }

  /** RFC 5280, 4.1.2.4 and X.680: a UTF8String is UTF-8, or nobody could be told the name. */
  @Test
  void aSignerWhoseNameIsNoTextIsMalformed() throws IOException {
    var signed = signed();
    var name = ASN1Primitive.fromByteArray(Bytes.fromHex("0c01ff").toArray());
    var type = new DERSequence(new ASN1Encodable[] {BCStyle.CN, name});
    var issuer = X500Name.getInstance(new DERSequence(new DERSet(type)));
    signed.name = new IssuerAndSerialNumber(issuer, BigInteger.ONE);
    assertMalformed("is not a SignedData", signed);
  }

  /** RFC 3161, as a countersignature; nothing that is signed covers it. */
  @Test
  void unauthenticatedAttributesAreOnlyReadWhereTheyMayBe() throws FormatException {
    var stamped = signed();
    var time = new DEROctetString(new byte[] {1});
    stamped.unauthenticated = new Attribute(CMSAttributes.counterSignature, new DERSet(time));
    assertMalformed("unauthenticated attributes", stamped);
    var parsed = Pkcs7Signature.parseCountersigned(stamped.encode());
    assertEquals(time, parsed.unauthenticated(CMSAttributes.counterSignature).orElseThrow());
    assertEquals(true, parsed.unauthenticated(CMSAttributes.signingTime).isEmpty());
    var listed = signed();
    listed.lists = new DERSequence();
    assertMalformed("revocation lists", listed);
    assertThrows(FormatException.class, () -> Pkcs7Signature.parseCountersigned(listed.encode()));
  }

  @Test
  void certificatesAreFew() throws FormatException {
    var many = signed();
    many.certificates = Collections.nCopies(32, CERTIFICATE);
    assertEquals(32, Pkcs7Signature.parse(many.encode()).certificates().size());
    many.certificates = Collections.nCopies(33, CERTIFICATE);
    assertMalformed("more than 32 certificates", many);
  }

  private static void assertMalformed(String problem, TestSignedData signed) {
    var thrown = assertThrows(FormatException.class, () -> Pkcs7Signature.parse(signed.encode()));
    assertEquals(true, thrown.problem().contains(problem), thrown.problem());
  }

  /** UEFI 2.10, 8.2.2: as PKCS#7 or as CMS names it, and no other. */
  @Test
  void anRsaSignatureIsNamedInOneOfTwoWays() throws FormatException {
    var signed = signed();
    assertEquals(true, Pkcs7Signature.parse(signed.encode()).verifiesRsa(CERTIFICATE, MESSAGE));
    signed.algorithm = PKCSObjectIdentifiers.sha256WithRSAEncryption;
    assertEquals(true, Pkcs7Signature.parse(signed.encode()).verifiesRsa(CERTIFICATE, MESSAGE));
    for (var other :
        List.of(
            PKCSObjectIdentifiers.sha512WithRSAEncryption,
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      signed.algorithm = other;
      assertEquals(false, Pkcs7Signature.parse(signed.encode()).verifiesRsa(CERTIFICATE, MESSAGE));
    }
    signed.algorithm = RSA_ENCRYPTION;
    signed.value = sign("SHA512withRSA", MESSAGE);
    assertEquals(false, Pkcs7Signature.parse(signed.encode()).verifiesRsa(CERTIFICATE, MESSAGE));
  }

  @Test
  void theKernelKnowsNeitherPssNorEd25519() throws FormatException {
    var signed = signed();
    assertEquals(true, Pkcs7Signature.parse(signed.encode()).namesAlgorithmOf(info(RSA)));
    signed.algorithm = EdECObjectIdentifiers.id_Ed25519;
    var edwards = info(keys("Ed25519"));
    assertEquals(false, Pkcs7Signature.parse(signed.encode()).namesAlgorithmOf(edwards));
    signed.algorithm = PKCSObjectIdentifiers.id_RSASSA_PSS;
    var restricted =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
            info(RSA).getPublicKeyData().getBytes());
    assertEquals(false, Pkcs7Signature.parse(signed.encode()).namesAlgorithmOf(restricted));
  }
}
