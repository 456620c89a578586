// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A PKCS#7 SignedData with whatever parts a test wants, right or wrong. */
final class TestSignedData {
  static final KeyPair RSA = keys("RSA");
  static final X509CertificateHolder CERTIFICATE = certificate(RSA);

  int version = 1;
  ASN1Encodable name =
      new IssuerAndSerialNumber(new X500Name("CN=signer"), BigInteger.valueOf(255));
  ASN1ObjectIdentifier digest = NISTObjectIdentifiers.id_sha256;
  ASN1ObjectIdentifier algorithm = PKCSObjectIdentifiers.rsaEncryption;
  Bytes value = Bytes.zeros(256);
  List<ASN1Encodable> attributes = List.of();
  @Nullable ASN1Encodable unauthenticated;
  @Nullable ASN1Encodable lists;
  List<X509CertificateHolder> certificates = List.of();

  Bytes encode() {
    List<ASN1Encodable> data = new ArrayList<>();
    data.add(new ASN1Integer(version));
    data.add(new DLSet(new AlgorithmIdentifier(digest, DERNull.INSTANCE)));
    data.add(new DLSequence(CMSObjectIdentifiers.data));
    if (!certificates.isEmpty()) {
      var all = certificates.stream().map(X509CertificateHolder::toASN1Structure).toList();
      data.add(new DLTaggedObject(false, 0, set(all)));
    }
    if (lists != null) {
      data.add(new DLTaggedObject(false, 1, new DLSet(lists)));
    }
    data.add(new DLSet(signer()));
    return encoded(
        sequence(
            List.of(CMSObjectIdentifiers.signedData, new DLTaggedObject(true, 0, sequence(data)))));
  }

  private ASN1Encodable signer() {
    List<ASN1Encodable> signer = new ArrayList<>();
    signer.add(new ASN1Integer(version));
    signer.add(name);
    signer.add(new AlgorithmIdentifier(digest, DERNull.INSTANCE));
    if (!attributes.isEmpty()) {
      signer.add(new DLTaggedObject(false, 0, set(attributes)));
    }
    signer.add(new AlgorithmIdentifier(algorithm, DERNull.INSTANCE));
    signer.add(new DEROctetString(value.toArray()));
    if (unauthenticated != null) {
      signer.add(new DLTaggedObject(false, 1, new DLSet(unauthenticated)));
    }
    return sequence(signer);
  }

  /** RFC 5652, 5.4: the attributes as a SET OF. */
  Bytes signedAttributes() {
    return encoded(set(attributes));
  }

  private static DLSet set(List<? extends ASN1Encodable> parts) {
    return new DLSet(parts.toArray(ASN1Encodable[]::new));
  }

  private static DLSequence sequence(List<? extends ASN1Encodable> parts) {
    return new DLSequence(parts.toArray(ASN1Encodable[]::new));
  }

  private static Bytes encoded(ASN1Encodable value) {
    try {
      return Bytes.copyOf(value.toASN1Primitive().getEncoded(ASN1Encoding.DL));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair keys(String algorithm) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("RSA")) {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509CertificateHolder certificate(KeyPair keys) {
    var name = new X500Name("CN=signer");
    var from = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
    var until = Date.from(Instant.parse("2027-01-01T00:00:00Z"));
    try {
      return new X509v3CertificateBuilder(
              name, BigInteger.valueOf(255), from, until, name, info(keys))
          .build(new JcaContentSignerBuilder("SHA256withRSA").build(RSA.getPrivate()));
    } catch (OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  static Bytes sign(String algorithm, Bytes message) {
    try {
      var signature = Signature.getInstance(algorithm);
      signature.initSign(RSA.getPrivate());
      signature.update(message.toArray());
      return Bytes.copyOf(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
