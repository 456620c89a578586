// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.trust.SignatureScheme;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/** A good certificate, of which a test spoils one thing before it is signed. */
final class Specimen {
  static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  static final SigningKey ROOT_KEY = SigningKey.generate(KeyType.EC_P256);
  static final SigningKey LEAF_KEY = SigningKey.generate(KeyType.EC_P256);
  static final X509CertificateHolder ROOT = root().sign();

  X500Name issuer = new X500Name("CN=root");
  X500Name subject = new X500Name("CN=leaf");
  BigInteger serial = BigInteger.ONE.shiftLeft(126).add(BigInteger.TEN);
  Time from = new Time(Date.from(AT));
  Time until = new Time(Date.from(Instant.parse("2029-11-22T10:14:03Z")));
  SubjectPublicKeyInfo key = LEAF_KEY.publicKey();
  SigningKey issuerKey = ROOT_KEY;
  AlgorithmIdentifier inner = SignatureScheme.of(ROOT_KEY.publicKey()).orElseThrow();
  @Nullable DERBitString uniqueId;
  final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();

  private Specimen() {}

  static Specimen root() {
    var root = new Specimen();
    root.subject = root.issuer;
    root.serial = root.serial.subtract(BigInteger.ONE);
    root.key = ROOT_KEY.publicKey();
    root.identifiers();
    root.put(Extension.basicConstraints, true, new BasicConstraints(true));
    root.put(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return root;
  }

  /** An authority below the root. */
  static Specimen authority() {
    var authority = root();
    authority.subject = new X500Name("CN=authority");
    authority.key = LEAF_KEY.publicKey();
    authority.identifiers();
    return authority;
  }

  static Specimen leaf() {
    var leaf = new Specimen();
    leaf.identifiers();
    leaf.put(Extension.basicConstraints, true, new BasicConstraints(false));
    leaf.put(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    leaf.purposes(Role.CONTAINER);
    return leaf;
  }

  Specimen identifiers() {
    var utils = new BcX509ExtensionUtils();
    put(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(key));
    put(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(
            utils.createSubjectKeyIdentifier(issuerKey.publicKey()).getKeyIdentifier()));
    return this;
  }

  Specimen purposes(Role... roles) {
    var usages = new KeyPurposeId[roles.length];
    for (int i = 0; i < roles.length; i++) {
      usages[i] = KeyPurposeId.getInstance(roles[i].usage());
    }
    return put(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usages));
  }

  Specimen put(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
    try {
      extensions.put(oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER")));
      return this;
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Specimen without(ASN1ObjectIdentifier oid) {
    extensions.remove(oid);
    return this;
  }

  X509CertificateHolder sign() {
    var generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(new org.bouncycastle.asn1.ASN1Integer(serial));
    generator.setIssuer(issuer);
    generator.setSubject(subject);
    generator.setStartDate(from);
    generator.setEndDate(until);
    generator.setSubjectPublicKeyInfo(key);
    generator.setSignature(inner);
    if (uniqueId != null) {
      generator.setSubjectUniqueID(uniqueId);
    }
    generator.setExtensions(new Extensions(extensions.values().toArray(Extension[]::new)));
    return sign(generator.generateTBSCertificate(), issuerKey.algorithm());
  }

  X509CertificateHolder sign(TBSCertificate tbs, AlgorithmIdentifier outer) {
    try {
      var vector = new ASN1EncodableVector();
      vector.add(tbs);
      vector.add(outer);
      vector.add(new DERBitString(issuerKey.sign(Bytes.copyOf(tbs.getEncoded("DER"))).toArray()));
      return Certificates.parseDer(Bytes.copyOf(new DERSequence(vector).getEncoded("DER")));
    } catch (java.io.IOException | dev.trustme.bytes.FormatException e) {
      throw new IllegalStateException(e);
    }
  }
}
