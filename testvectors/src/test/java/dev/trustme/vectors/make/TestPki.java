// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;

/** Certificates with throw-away keys, right or wrong on purpose. */
final class TestPki {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** A key with its certificate. */
  record Identity(SigningKey key, X509CertificateHolder certificate) {}

  /** What a certificate says; {@code pathLength} below 0 means no CA. */
  record Shape(String name, int years, int pathLength, int keyUsage, List<Role> roles) {
    static Shape ca(String name, int pathLength) {
      return new Shape(name, 20, pathLength, KeyUsage.keyCertSign | KeyUsage.cRLSign, List.of());
    }

    static Shape leaf(String name, Role... roles) {
      return new Shape(name, 5, -1, KeyUsage.digitalSignature, List.of(roles));
    }

    Shape withKeyUsage(int usage) {
      return new Shape(name, years, pathLength, usage, roles);
    }

    Shape withPathLength(int length) {
      return new Shape(name, years, length, keyUsage, roles);
    }
  }

  private static int serial = 1;

  private TestPki() {}

  static Identity root(Shape shape) throws IOException {
    return root(shape, KeyType.EC_P256);
  }

  static Identity root(Shape shape, KeyType type) throws IOException {
    var key = SigningKey.generate(type);
    return new Identity(key, certify(shape, key, new X500Name("CN=" + shape.name()), key));
  }

  static Identity issue(Identity issuer, Shape shape) throws IOException {
    return reissue(issuer, SigningKey.generate(KeyType.EC_P256), shape);
  }

  static Identity issue(Identity issuer, Shape shape, KeyType type) throws IOException {
    return reissue(issuer, SigningKey.generate(type), shape);
  }

  /** Another certificate for a key that exists. */
  static Identity reissue(Identity issuer, SigningKey key, Shape shape) throws IOException {
    return new Identity(key, certify(shape, key, issuer.certificate().getSubject(), issuer.key()));
  }

  private static X509CertificateHolder certify(
      Shape shape, SigningKey key, X500Name issuer, SigningKey issuerKey) throws IOException {
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(serial++),
            Date.from(START),
            Date.from(START.plus(365L * shape.years(), ChronoUnit.DAYS)),
            new X500Name("CN=" + shape.name()),
            key.publicKey());
    var identifiers = new BcX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(key.publicKey()));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(issuerKey.publicKey()));
    boolean ca = shape.pathLength() >= 0;
    builder.addExtension(
        Extension.basicConstraints,
        true,
        ca ? new BasicConstraints(shape.pathLength()) : new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(shape.keyUsage()));
    List<KeyPurposeId> usages = new ArrayList<>();
    if (shape.roles().contains(Role.BOOT)) {
      usages.add(KeyPurposeId.id_kp_codeSigning);
    }
    shape.roles().forEach(r -> usages.add(KeyPurposeId.getInstance(r.usage())));
    if (!usages.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(usages.toArray(KeyPurposeId[]::new)));
    }
    return builder.build(issuerKey.contentSigner());
  }
}
