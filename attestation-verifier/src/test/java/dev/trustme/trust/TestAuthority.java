// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues whatever a test wants, right or wrong. */
final class TestAuthority {
  static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

  private final X509CertificateHolder certificate;
  private final KeyPair keys;

  private TestAuthority(X509CertificateHolder certificate, KeyPair keys) {
    this.certificate = certificate;
    this.keys = keys;
  }

  /** What a certificate says; {@code ca} empty means no basic constraints, -1 no path length. */
  record Subject(
      String name,
      Instant from,
      Instant until,
      Optional<Integer> ca,
      int usage,
      List<KeyPurposeId> purposes) {
    static Subject authority(String name, int pathLength) {
      return new Subject(
          name, FROM, UNTIL, Optional.of(pathLength), KeyUsage.keyCertSign, List.of());
    }

    static Subject signer(Role... roles) {
      List<KeyPurposeId> purposes = new ArrayList<>();
      for (Role role : roles) {
        purposes.add(KeyPurposeId.getInstance(role.usage()));
      }
      return new Subject(
          "CN=signer", FROM, UNTIL, Optional.empty(), KeyUsage.digitalSignature, purposes);
    }

    Subject named(String newName) {
      return new Subject(newName, from, until, ca, usage, purposes);
    }

    Subject valid(Instant newFrom, Instant newUntil) {
      return new Subject(name, newFrom, newUntil, ca, usage, purposes);
    }

    Subject usage(int newUsage) {
      return new Subject(name, from, until, ca, newUsage, purposes);
    }

    Subject purposes(KeyPurposeId... newPurposes) {
      return new Subject(name, from, until, ca, usage, List.of(newPurposes));
    }

    Subject ca(int pathLength) {
      return new Subject(name, from, until, Optional.of(pathLength), usage, purposes);
    }
  }

  static TestAuthority root(String name) {
    return root(Subject.authority(name, -1));
  }

  static TestAuthority root(Subject subject) {
    var keys = keys();
    return new TestAuthority(issue(subject.name(), keys, subject, keys.getPublic()), keys);
  }

  X509CertificateHolder certificate() {
    return certificate;
  }

  TestAuthority authority(Subject subject) {
    var own = keys();
    return new TestAuthority(
        issue(certificate.getSubject().toString(), keys, subject, own.getPublic()), own);
  }

  X509CertificateHolder leaf(Subject subject) {
    return authority(subject).certificate();
  }

  private static KeyPair keys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509CertificateHolder issue(
      String issuer, KeyPair keys, Subject subject, PublicKey key) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              new BigInteger(64, new SecureRandom()).setBit(64),
              Date.from(subject.from()),
              Date.from(subject.until()),
              new X500Name(subject.name()),
              SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      if (subject.ca().isPresent()) {
        int length = subject.ca().get();
        builder.addExtension(
            Extension.basicConstraints,
            true,
            length < 0 ? new BasicConstraints(true) : new BasicConstraints(length));
      }
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(subject.usage()));
      if (!subject.purposes().isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(subject.purposes().toArray(KeyPurposeId[]::new)));
      }
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
