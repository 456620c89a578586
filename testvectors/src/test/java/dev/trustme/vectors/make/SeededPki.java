// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.trust.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v1CertificateBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;

/** Certificates of seeded keys, right or wrong on purpose, always the same bytes. */
final class SeededPki {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant END = Instant.parse("2046-01-01T00:00:00Z");

  /** A key with its certificate. */
  record Identity(SeededKey key, X509CertificateHolder certificate) {
    X500Name name() {
      return certificate.getSubject();
    }
  }

  /** What a certificate says; an extension that is empty is left out. */
  record Plan(
      String name,
      SeededKey key,
      int serial,
      Map<ASN1ObjectIdentifier, Optional<Extension>> extensions,
      Optional<SubjectPublicKeyInfo> certified) {
    Plan(
        String name,
        SeededKey key,
        int serial,
        Map<ASN1ObjectIdentifier, Optional<Extension>> extensions) {
      this(name, key, serial, extensions, Optional.empty());
    }

    static Plan authority(String name, int serial) {
      return new Plan(name, SeededKey.p256(name), serial, Map.of())
          .with(Extension.basicConstraints, true, new BasicConstraints(0))
          .with(Extension.keyUsage, true, usage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    }

    static Plan leaf(String name, int serial, Role... roles) {
      return new Plan(name, SeededKey.p256(name), serial, Map.of())
          .with(Extension.basicConstraints, true, new BasicConstraints(false))
          .with(Extension.keyUsage, true, usage(KeyUsage.digitalSignature))
          .purposes(roles);
    }

    Plan purposes(Role... roles) {
      var ids =
          Arrays.stream(roles)
              .map(r -> KeyPurposeId.getInstance(r.usage()))
              .toArray(KeyPurposeId[]::new);
      return with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(ids));
    }

    static KeyUsage usage(int bits) {
      return new KeyUsage(bits);
    }

    Plan with(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
      return with(extension(id, critical, value));
    }

    Plan with(Extension extension) {
      return change(extension.getExtnId(), Optional.of(extension));
    }

    Plan without(ASN1ObjectIdentifier id) {
      return change(id, Optional.empty());
    }

    Plan of(SeededKey other) {
      return new Plan(name, other, serial, extensions, certified);
    }

    /** The certificate is one of this key, of which nothing is signed here. */
    Plan of(SubjectPublicKeyInfo other) {
      return new Plan(name, key, serial, extensions, Optional.of(other));
    }

    private SubjectPublicKeyInfo info() {
      return certified.orElseGet(key::info);
    }

    Plan named(String other) {
      return new Plan(other, key, serial, extensions, certified);
    }

    Plan numbered(int other) {
      return new Plan(name, key, other, extensions, certified);
    }

    private Plan change(ASN1ObjectIdentifier id, Optional<Extension> extension) {
      Map<ASN1ObjectIdentifier, Optional<Extension>> changed = new LinkedHashMap<>(extensions);
      changed.put(id, extension);
      return new Plan(name, key, serial, changed, certified);
    }

    private X500Name subject() {
      return new X500Name(name.isEmpty() ? "" : "CN=" + name);
    }
  }

  private SeededPki() {}

  static Extension extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return new Extension(
          id, critical, new DEROctetString(value.toASN1Primitive().getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }

  static Identity root(Plan plan) {
    return new Identity(
        plan.key(), issue(plan.subject(), plan.key(), plan, plan.key().signer(), END));
  }

  static Identity issue(Identity issuer, Plan plan) {
    return issue(issuer, plan, issuer.key().signer());
  }

  static Identity issue(Identity issuer, Plan plan, ContentSigner signer) {
    return new Identity(plan.key(), issue(issuer.name(), issuer.key(), plan, signer, END));
  }

  /** A certificate that ends before the others do. */
  static Identity issueUntil(Identity issuer, Plan plan, Instant end) {
    return new Identity(
        plan.key(), issue(issuer.name(), issuer.key(), plan, issuer.key().signer(), end));
  }

  private static X509CertificateHolder issue(
      X500Name issuer, SeededKey issuerKey, Plan plan, ContentSigner signer, Instant end) {
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(plan.serial()),
            Date.from(START),
            Date.from(end),
            plan.subject(),
            plan.info());
    var identifiers = new BcX509ExtensionUtils();
    Map<ASN1ObjectIdentifier, Optional<Extension>> all = new LinkedHashMap<>();
    for (var usual :
        List.of(
            extension(
                Extension.subjectKeyIdentifier,
                false,
                identifiers.createSubjectKeyIdentifier(plan.info())),
            extension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers.createAuthorityKeyIdentifier(issuerKey.info())))) {
      all.put(usual.getExtnId(), Optional.of(usual));
    }
    all.putAll(plan.extensions());
    try {
      for (var extension : all.values()) {
        if (extension.isPresent()) {
          builder.addExtension(extension.get());
        }
      }
      return builder.build(signer);
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }

  /** A certificate of the days before extensions. */
  static Identity version1(Identity issuer, Plan plan) {
    var builder =
        new X509v1CertificateBuilder(
            issuer.name(),
            BigInteger.valueOf(plan.serial()),
            Date.from(START),
            Date.from(END),
            plan.subject(),
            plan.info());
    return new Identity(plan.key(), builder.build(issuer.key().signer()));
  }
}
