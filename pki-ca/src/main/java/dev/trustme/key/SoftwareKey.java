// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.ContentSigner;
import org.jspecify.annotations.Nullable;

/**
 * A private key in memory. Signatures are deterministic (ECDSA by RFC 6979, ML-DSA by FIPS 204,
 * 3.4), so that the same input gives the same bytes; RSASSA-PSS alone has a random salt.
 */
final class SoftwareKey implements SigningKey {
  private final SubjectPublicKeyInfo publicKey;
  private final AlgorithmIdentifier algorithm;
  private volatile @Nullable AsymmetricKeyParameter key;
  private @Nullable AcceleratedRsa accelerated;

  private SoftwareKey(AsymmetricKeyParameter key, SubjectPublicKeyInfo publicKey) {
    this.key = key;
    this.publicKey = publicKey;
    this.algorithm =
        SignatureScheme.of(publicKey)
            .orElseThrow(() -> new IllegalArgumentException("a key without a signature scheme"));
  }

  static SoftwareKey generate(KeyType type) {
    var key = KeyGenerator.generate(type);
    return new SoftwareKey(key, publicKeyOf(key, type.algorithm()));
  }

  /** A key from its PKCS#8 structure; key types that the suite does not use are malformed. */
  static SoftwareKey of(PrivateKeyInfo info) throws FormatException {
    try {
      var key = privateKey(info);
      var publicKey = publicKeyOf(key, info.getPrivateKeyAlgorithm());
      if (KeyType.of(publicKey).isPresent() && SignatureScheme.of(publicKey).isPresent()) {
        return new SoftwareKey(key, publicKey);
      }
    } catch (IOException | RuntimeException e) {
      // Said below: the library's words would only repeat the bytes of a secret.
    }
    throw new FormatException(
        "PrivateKeyInfo",
        0,
        "expected an RSA or RSASSA-PSS (2048, 3072, 4096), EC (P-256, P-384, P-521, named curve),"
            + " Ed25519 or ML-DSA (44, 65, 87) key");
  }

  /** As in {@link PublicKeys}, the primes are taken as such; that they make the modulus is seen. */
  private static AsymmetricKeyParameter privateKey(PrivateKeyInfo info) throws IOException {
    var algorithm = info.getPrivateKeyAlgorithm();
    if (!isPss(algorithm)
        && !algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return PrivateKeyFactory.createKey(info);
    }
    var key = RSAPrivateKey.getInstance(info.parsePrivateKey());
    if (!key.getPrime1().multiply(key.getPrime2()).equals(key.getModulus())) {
      throw new IOException("the primes are of another modulus");
    }
    return new RSAPrivateCrtKeyParameters(
        key.getModulus(),
        key.getPublicExponent(),
        key.getPrivateExponent(),
        key.getPrime1(),
        key.getPrime2(),
        key.getExponent1(),
        key.getExponent2(),
        key.getCoefficient(),
        true);
  }

  private static SubjectPublicKeyInfo publicKeyOf(
      AsymmetricKeyParameter key, AlgorithmIdentifier algorithm) {
    try {
      var info =
          SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
              switch (key) {
                case RSAPrivateCrtKeyParameters rsa ->
                    PublicKeys.rsa(rsa.getModulus(), rsa.getPublicExponent());
                case ECPrivateKeyParameters ec
                    when ec.getParameters() instanceof ECNamedDomainParameters curve ->
                    point(curve, ec.getD());
                case Ed25519PrivateKeyParameters ed25519 -> ed25519.generatePublicKey();
                case MLDSAPrivateKeyParameters mlDsa -> mlDsa.getPublicKeyParameters();
                default -> throw new IllegalArgumentException("unsupported key");
              });
      return isPss(algorithm)
          ? new SubjectPublicKeyInfo(algorithm, info.getPublicKeyData().getOctets())
          : info;
    } catch (IOException e) {
      throw new IllegalStateException("a public key encodes", e);
    }
  }

  private static boolean isPss(AlgorithmIdentifier algorithm) {
    return algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  private static ECPublicKeyParameters point(ECNamedDomainParameters curve, BigInteger d) {
    return new ECPublicKeyParameters(
        new FixedPointCombMultiplier().multiply(curve.getG(), d), curve);
  }

  @Override
  public SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  @Override
  public AlgorithmIdentifier algorithm() {
    return algorithm;
  }

  @Override
  public ContentSigner contentSigner(AlgorithmIdentifier by) {
    var material = material();
    var algorithm = KeyContentSigner.require(by, publicKey);
    return accelerated()
        .flatMap(rsa -> rsa.signer(algorithm, by))
        .orElseGet(() -> new KeyContentSigner(material, algorithm, by));
  }

  /** The key of a batch in native hands, from the first signature after they are there. */
  private synchronized Optional<AcceleratedRsa> accelerated() {
    if (accelerated == null
        && key instanceof RSAPrivateCrtKeyParameters
        && !isPss(publicKey.getAlgorithm())) {
      accelerated =
          Acceleration.provider().flatMap(p -> AcceleratedRsa.of(p, privateKeyInfo())).orElse(null);
    }
    return Optional.ofNullable(accelerated);
  }

  @Override
  public Bytes signDigest(SignatureAlgorithm by, Bytes input) {
    return DigestSigner.sign(
        material(), KeyContentSigner.require(by.identifier(), publicKey), input);
  }

  /**
   * The PKCS#8 structure in version 1: OpenSSL 3.0 reads no public key beside an Ed25519 one. An
   * ML-DSA key is its seed, RFC 9881 6, where that is known.
   */
  PrivateKeyInfo privateKeyInfo() {
    try {
      var info = PrivateKeyInfoFactory.createPrivateKeyInfo(seedOf(material()));
      return new PrivateKeyInfo(
          isPss(publicKey.getAlgorithm())
              ? publicKey.getAlgorithm()
              : info.getPrivateKeyAlgorithm(),
          info.parsePrivateKey());
    } catch (IOException e) {
      throw new IllegalStateException("a private key encodes", e);
    }
  }

  private static AsymmetricKeyParameter seedOf(AsymmetricKeyParameter key) {
    return key instanceof MLDSAPrivateKeyParameters mlDsa && mlDsa.getSeed() != null
        ? mlDsa.withPreferredFormat(MLDSAPrivateKeyParameters.SEED_ONLY)
        : key;
  }

  private AsymmetricKeyParameter material() {
    var material = key;
    if (material == null) {
      throw new IllegalStateException("the key was closed");
    }
    return material;
  }

  @Override
  public synchronized void close() {
    key = null;
    if (accelerated != null) {
      accelerated.close();
      accelerated = null;
    }
  }

  @Override
  public String toString() {
    return "SigningKey[" + KeyType.of(publicKey).map(KeyType::label).orElse("unknown") + "]";
  }
}
