// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths of every kind of key that a profile may name, and of some that none may. */
class PathAlgorithmsTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

  @ParameterizedTest
  @CsvSource({
    "EC, secp256r1, SHA256withECDSA, ''",
    "EC, secp384r1, SHA384withECDSA, ''",
    "EC, secp521r1, SHA512withECDSA, ''",
    "EC, secp256k1, SHA256withECDSA, certificate-key",
    "EC, P-192, SHA256withECDSA, certificate-key",
    "EC, secp256r1, SHA1withECDSA, certificate-algorithm",
    "RSA, 2048, SHA256withRSA, ''",
    "RSA, 2048, SHA512withRSAandMGF1, ''",
    "PSS, 2048, SHA512withRSAandMGF1, ''",
    "RSA, 2048, SHA1withRSA, certificate-algorithm",
    "RSA, 1024, SHA256withRSA, certificate-key",
    "RSA, 2056, SHA256withRSA, ''",
    "RSA, 2050, SHA256withRSA, certificate-key",
    "Ed25519, '', Ed25519, ''",
    "Ed448, '', Ed448, certificate-algorithm",
    "ML-DSA-44, '', ML-DSA-44, ''",
    "ML-DSA-65, '', ML-DSA-65, ''",
    "ML-DSA-87, '', ML-DSA-87, ''"
  })
  void keysOfTheProfileAndNoOthers(String key, String parameter, String algorithm, String finding)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    var keys = keys(key, parameter);
    boolean restricted = key.equals("PSS");
    var anchor = certificate(keys, keys, algorithm, true, restricted);
    var signer = certificate(keys, keys, algorithm, false, restricted);
    var verdict =
        new PathValidator(new TrustStore(List.of(anchor)), AT)
            .validate(List.of(signer), Role.RELEASE);
    var first = verdict.failures().stream().map(Check::id).findFirst().orElse("");
    assertEquals(finding, first, verdict.toString());
    if (finding.isEmpty()) {
      assertTrue(PathJudgement.agrees(new CandidatePath(List.of(signer, anchor)), AT, algorithm));
    }
  }

  /** Made once: a long RSA key takes its time. */
  private static KeyPair keys(String algorithm, String parameter) throws GeneralSecurityException {
    String name = algorithm.equals("PSS") ? "RSA" : algorithm;
    var made = KEYS.get(name + parameter);
    if (made == null) {
      made = generate(name, parameter);
      KEYS.put(name + parameter, made);
    }
    return made;
  }

  private static KeyPair generate(String algorithm, String parameter)
      throws GeneralSecurityException {
    var generator =
        algorithm.equals("RSA")
            ? KeyPairGenerator.getInstance(algorithm)
            : KeyPairGenerator.getInstance(algorithm, Pkix.PROVIDER);
    if (algorithm.equals("EC")) {
      AlgorithmParameterSpec curve = new ECGenParameterSpec(parameter);
      generator.initialize(curve);
    } else if (!parameter.isEmpty()) {
      generator.initialize(Integer.parseInt(parameter));
    }
    return generator.generateKeyPair();
  }

  private static X509CertificateHolder certificate(
      KeyPair issuer, KeyPair subject, String algorithm, boolean authority, boolean restricted)
      throws IOException, OperatorCreationException {
    var key = info(subject, restricted);
    var builder =
        new X509v3CertificateBuilder(
            new X500Name("CN=root"),
            BigInteger.valueOf(authority ? 1 : 2),
            Date.from(TestAuthority.FROM),
            Date.from(TestAuthority.UNTIL),
            new X500Name(authority ? "CN=root" : "CN=signer"),
            key);
    var identifiers = new BcX509ExtensionUtils();
    add(builder, Extension.subjectKeyIdentifier, identifiers.createSubjectKeyIdentifier(key));
    add(
        builder,
        Extension.authorityKeyIdentifier,
        identifiers.createAuthorityKeyIdentifier(info(issuer, restricted)));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    int usage = authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature;
    add(builder, Extension.keyUsage, new KeyUsage(usage));
    if (!authority) {
      var role = KeyPurposeId.getInstance(Role.RELEASE.usage());
      add(builder, Extension.extendedKeyUsage, new ExtendedKeyUsage(role));
    }
    return builder.build(
        new JcaContentSignerBuilder(algorithm)
            .setProvider(Pkix.PROVIDER)
            .build(issuer.getPrivate()));
  }

  private static void add(
      X509v3CertificateBuilder builder, ASN1ObjectIdentifier id, ASN1Encodable value)
      throws IOException {
    builder.addExtension(id, false, value);
  }

  /** id-RSASSA-PSS in the key itself, without parameters, as some issuers write it. */
  private static SubjectPublicKeyInfo info(KeyPair keys, boolean restricted) throws IOException {
    var info = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    return restricted
        ? new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS), info.parsePublicKey())
        : info;
  }
}
