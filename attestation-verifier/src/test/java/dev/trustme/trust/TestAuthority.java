// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
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

  /**
   * What a certificate says; {@code ca} empty means no basic constraints, -1 no path length. Other
   * extensions replace those that it would have had.
   */
  record Subject(
      String name,
      Instant from,
      Instant until,
      Optional<Integer> ca,
      int usage,
      List<KeyPurposeId> purposes,
      Map<ASN1ObjectIdentifier, Optional<Extension>> others) {
    static Subject authority(String name, int pathLength) {
      return new Subject(
          name,
          FROM,
          UNTIL,
          Optional.of(pathLength),
          KeyUsage.keyCertSign | KeyUsage.cRLSign,
          List.of(),
          Map.of());
    }

    static Subject signer(Role... roles) {
      List<KeyPurposeId> purposes = new ArrayList<>();
      for (Role role : roles) {
        purposes.add(KeyPurposeId.getInstance(role.usage()));
      }
      return new Subject(
          "CN=signer",
          FROM,
          UNTIL,
          Optional.empty(),
          KeyUsage.digitalSignature,
          purposes,
          Map.of());
    }

    Subject named(String newName) {
      return new Subject(newName, from, until, ca, usage, purposes, others);
    }

    Subject valid(Instant newFrom, Instant newUntil) {
      return new Subject(name, newFrom, newUntil, ca, usage, purposes, others);
    }

    Subject usage(int newUsage) {
      return new Subject(name, from, until, ca, newUsage, purposes, others);
    }

    Subject purposes(KeyPurposeId... newPurposes) {
      return new Subject(name, from, until, ca, usage, List.of(newPurposes), others);
    }

    Subject ca(int pathLength) {
      return new Subject(name, from, until, Optional.of(pathLength), usage, purposes, others);
    }

    Subject with(Extension extension) {
      return other(extension.getExtnId(), Optional.of(extension));
    }

    Subject with(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
      return with(extension(id, critical, value));
    }

    Subject without(ASN1ObjectIdentifier id) {
      return other(id, Optional.empty());
    }

    private Subject other(ASN1ObjectIdentifier id, Optional<Extension> extension) {
      Map<ASN1ObjectIdentifier, Optional<Extension>> more = new LinkedHashMap<>(others);
      more.put(id, extension);
      return new Subject(name, from, until, ca, usage, purposes, more);
    }
  }

  static Extension extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    try {
      return new Extension(
          id, critical, new DEROctetString(value.toASN1Primitive().getEncoded("DER")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static TestAuthority root(String name) {
    return root(Subject.authority(name, -1));
  }

  static TestAuthority root(Subject subject) {
    var keys = keys();
    return new TestAuthority(issue(subject.name(), keys, subject, keys), keys);
  }

  X509CertificateHolder certificate() {
    return certificate;
  }

  TestAuthority authority(Subject subject) {
    var own = keys();
    return new TestAuthority(issue(name(), keys, subject, own), own);
  }

  /** Another certificate for the key of an authority that exists. */
  X509CertificateHolder certify(TestAuthority other, Subject subject) {
    return issue(name(), keys, subject, other.keys);
  }

  X509CertificateHolder leaf(Subject subject) {
    return authority(subject).certificate();
  }

  /**
   * A leaf whose subject has the parts of a SET out of order, signed as it is: what some makers of
   * TPMs have made. X.690, 11.6.
   */
  X509CertificateHolder outOfOrder(Subject subject, ASN1Encodable... parts) {
    return signedAnew(subject, 5, new DLSequence(new DLSet(parts)));
  }

  /** A certificate whose signed part names another algorithm than it is signed with. */
  X509CertificateHolder otherAlgorithmInside(Subject subject) {
    return signedAnew(subject, 2, new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA384));
  }

  private X509CertificateHolder signedAnew(Subject subject, int part, ASN1Encodable other) {
    var issued = leaf(subject).toASN1Structure();
    var tbs = ASN1Sequence.getInstance(issued.getTBSCertificate().toASN1Primitive()).toArray();
    tbs[part] = other;
    var signed = new DLSequence(tbs);
    try {
      var signer = signer();
      signer.getOutputStream().write(signed.getEncoded(ASN1Encoding.DL));
      var whole =
          new DLSequence(
              new ASN1Encodable[] {
                signed, issued.getSignatureAlgorithm(), new DERBitString(signer.getSignature())
              });
      return new X509CertificateHolder(whole.getEncoded(ASN1Encoding.DL));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  String name() {
    return certificate.getSubject().toString();
  }

  ContentSigner signer() {
    return signer("SHA256withECDSA");
  }

  ContentSigner signer(String algorithm) {
    try {
      return new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
    } catch (OperatorCreationException e) {
      throw new AssertionError(e);
    }
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
      String issuer, KeyPair issuerKeys, Subject subject, KeyPair keys) {
    try {
      var builder =
          new X509v3CertificateBuilder(
              new X500Name(issuer),
              new BigInteger(64, new SecureRandom()).setBit(64),
              Date.from(subject.from()),
              Date.from(subject.until()),
              new X500Name(subject.name()),
              info(keys));
      for (Extension extension : extensions(issuerKeys, subject, keys)) {
        builder.addExtension(extension);
      }
      return builder.build(
          new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  private static List<Extension> extensions(KeyPair issuerKeys, Subject subject, KeyPair keys) {
    Map<ASN1ObjectIdentifier, Extension> all = new LinkedHashMap<>();
    List<Extension> usual = new ArrayList<>();
    var identifiers = new BcX509ExtensionUtils();
    usual.add(
        extension(
            Extension.subjectKeyIdentifier,
            false,
            identifiers.createSubjectKeyIdentifier(info(keys))));
    usual.add(
        extension(
            Extension.authorityKeyIdentifier,
            false,
            identifiers.createAuthorityKeyIdentifier(info(issuerKeys))));
    subject
        .ca()
        .map(length -> length < 0 ? new BasicConstraints(true) : new BasicConstraints(length))
        .ifPresent(c -> usual.add(extension(Extension.basicConstraints, true, c)));
    usual.add(extension(Extension.keyUsage, true, new KeyUsage(subject.usage())));
    if (!subject.purposes().isEmpty()) {
      var purposes = new ExtendedKeyUsage(subject.purposes().toArray(KeyPurposeId[]::new));
      usual.add(extension(Extension.extendedKeyUsage, false, purposes));
    }
    usual.forEach(e -> all.put(e.getExtnId(), e));
    subject
        .others()
        .forEach((id, e) -> e.ifPresentOrElse(other -> all.put(id, other), () -> all.remove(id)));
    return List.copyOf(all.values());
  }
}
