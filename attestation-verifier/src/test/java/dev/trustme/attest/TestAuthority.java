// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority made for one test run, and the certificates and lists it issues. */
final class TestAuthority {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2030-01-01T00:00:00Z");
  private static long serial = 1;

  final KeyPair keys = ecKeys();
  final X500Name name;
  final X509CertificateHolder certificate;

  TestAuthority(String commonName) {
    name = new X500Name("CN=" + commonName);
    certificate = issue(name, publicKey(keys), Optional.empty(), Optional.empty(), UNTIL);
  }

  /** Below another one. */
  TestAuthority(String commonName, TestAuthority above) {
    name = new X500Name("CN=" + commonName);
    certificate = above.issue(name, publicKey(keys), Optional.empty(), Optional.empty(), UNTIL);
  }

  static KeyPair ecKeys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static SubjectPublicKeyInfo publicKey(KeyPair pair) {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
  }

  /** A DER-encoded ECDSA signature with SHA-256. */
  static Bytes sign(KeyPair pair, Bytes message) {
    try {
      var signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(pair.getPrivate());
      signer.update(message.buffer());
      return Bytes.copyOf(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  X509CertificateHolder leaf(SubjectPublicKeyInfo key, Role role, Optional<String> uri) {
    return issue(new X500Name("CN=leaf"), key, Optional.of(role), uri, UNTIL);
  }

  X509CertificateHolder leafUntil(SubjectPublicKeyInfo key, Role role, String uri, Instant until) {
    return issue(new X500Name("CN=leaf"), key, Optional.of(role), Optional.of(uri), until);
  }

  /** A complete revocation list that names nobody, in DER. */
  Bytes list(long number) {
    try {
      var builder = new X509v2CRLBuilder(name, Date.from(FROM)).setNextUpdate(Date.from(UNTIL));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new BcX509ExtensionUtils().createAuthorityKeyIdentifier(publicKey(keys)));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return Bytes.copyOf(builder.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509CertificateHolder issue(
      X500Name subject,
      SubjectPublicKeyInfo key,
      Optional<Role> role,
      Optional<String> uri,
      Instant until) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              name, BigInteger.valueOf(serial++), Date.from(FROM), Date.from(until), subject, key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(role.isEmpty()));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              role.isEmpty()
                  ? KeyUsage.keyCertSign | KeyUsage.cRLSign
                  : KeyUsage.digitalSignature));
      var identifiers = new BcX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(publicKey(keys)));
      if (role.isPresent()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(KeyPurposeId.getInstance(role.get().usage())));
      }
      if (uri.isPresent()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri.get())));
      }
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
