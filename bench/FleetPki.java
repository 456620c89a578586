// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Role;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys from a seed; a root for releases; a root and an authority for devices. */
final class FleetPki {
  /** A certificate and the key that it is of. */
  record Identity(X509CertificateHolder certificate, KeyPair keys) {}

  final Identity releases;
  final Identity root;
  final Identity devices;
  private final String signatures;

  FleetPki(String curve) throws Exception {
    signatures = curve.equals("secp384r1") ? "SHA384withECDSA" : "SHA256withECDSA";
    releases = authority(null, "Bench Releases", keys("releases", curve));
    root = authority(null, "Bench Devices", keys("root", curve));
    devices = authority(root, "Bench Device CA", keys("devices", curve));
  }

  private Identity authority(Identity issuer, String name, KeyPair keys) throws Exception {
    var by = issuer == null ? keys : issuer.keys();
    var subject = new X500Name("CN=" + name);
    var from = issuer == null ? subject : issuer.certificate().getSubject();
    var builder = builder(from, by, subject, keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    return new Identity(build(builder, by), keys);
  }

  Identity issue(Identity issuer, String name, KeyPair keys, Role role, String uri)
      throws Exception {
    var builder =
        builder(issuer.certificate().getSubject(), issuer.keys(), new X500Name("CN=" + name), keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(KeyPurposeId.getInstance(role.usage())));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    return new Identity(build(builder, issuer.keys()), keys);
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, KeyPair by, X500Name subject, KeyPair keys) throws Exception {
    var identifiers = new BcX509ExtensionUtils();
    var builder =
        new X509v3CertificateBuilder(
            issuer,
            new BigInteger(96, random(subject.toString())).setBit(96),
            Date.from(Fleet.AT.minusSeconds(86400)),
            Date.from(Fleet.AT.plusSeconds(864000)),
            subject,
            info(keys));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(info(keys)));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(info(by)));
    return builder;
  }

  private X509CertificateHolder build(X509v3CertificateBuilder builder, KeyPair by)
      throws Exception {
    return builder.build(new JcaContentSignerBuilder(signatures).build(by.getPrivate()));
  }

  private static SubjectPublicKeyInfo info(KeyPair keys) {
    return SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
  }

  private static SecureRandom random(String seed) throws Exception {
    var random = SecureRandom.getInstance("SHA1PRNG");
    random.setSeed(seed.getBytes(StandardCharsets.UTF_8));
    return random;
  }

  static KeyPair keys(String seed, String curve) throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random(seed));
    return generator.generateKeyPair();
  }

  static byte[] sign(KeyPair keys, String algorithm, Bytes message) throws Exception {
    var signer = Signature.getInstance(algorithm);
    signer.initSign(keys.getPrivate());
    signer.update(message.toArray());
    return signer.sign();
  }
}
