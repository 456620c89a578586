// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root, signers below it, and signatures by their keys. */
final class TestSigners {
  static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");

  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final KeyPair ROOT_KEYS = ec("secp256r1");
  private static final X509CertificateHolder ROOT =
      issue("CN=root", info(ROOT_KEYS), new KeyUsage(KeyUsage.keyCertSign), List.of());

  private TestSigners() {}

  static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  static TrustStore store() {
    return new TrustStore(List.of(ROOT));
  }

  static X509CertificateHolder leaf(KeyPair keys, Role role) {
    var purpose = KeyPurposeId.getInstance(role.usage());
    return issue(
        "CN=signer", info(keys), new KeyUsage(KeyUsage.digitalSignature), List.of(purpose));
  }

  private static X509CertificateHolder issue(
      String name, SubjectPublicKeyInfo key, KeyUsage usage, List<KeyPurposeId> purposes) {
    var identifiers = new BcX509ExtensionUtils();
    try {
      var builder =
          new X509v3CertificateBuilder(
              new X500Name("CN=root"),
              BigInteger.valueOf(purposes.isEmpty() ? 1 : 2),
              Date.from(AT.minusSeconds(86400)),
              Date.from(AT.plusSeconds(86400)),
              new X500Name(name),
              key);
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(purposes.isEmpty()));
      builder.addExtension(Extension.keyUsage, true, usage);
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(info(ROOT_KEYS)));
      if (!purposes.isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
      }
      return builder.build(
          new JcaContentSignerBuilder("SHA256withECDSA").build(ROOT_KEYS.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes sign(KeyPair keys, String algorithm, Bytes message) {
    try {
      var signature = Signature.getInstance(algorithm, PROVIDER);
      signature.initSign(keys.getPrivate());
      signature.update(message.toArray());
      return Bytes.copyOf(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
