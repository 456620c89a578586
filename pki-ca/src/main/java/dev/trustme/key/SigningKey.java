// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.ContentSigner;
import org.jspecify.annotations.Nullable;

/**
 * A private key in use. Shared between threads safely; its material is never printed. Signatures
 * are deterministic (ECDSA by RFC 6979), so that the same input gives the same bytes.
 */
public final class SigningKey implements AutoCloseable {
  private final SubjectPublicKeyInfo publicKey;
  private final AlgorithmIdentifier algorithm;
  private volatile @Nullable AsymmetricKeyParameter key;

  private SigningKey(AsymmetricKeyParameter key, SubjectPublicKeyInfo publicKey) {
    this.key = key;
    this.publicKey = publicKey;
    this.algorithm =
        SignatureScheme.of(publicKey)
            .orElseThrow(() -> new IllegalArgumentException("a key without a signature scheme"));
  }

  public static SigningKey generate(KeyType type) {
    var key = KeyGenerator.generate(type);
    return new SigningKey(key, publicKeyOf(key));
  }

  /** A key from its PKCS#8 structure; key types that the suite does not use are malformed. */
  static SigningKey of(PrivateKeyInfo info) throws FormatException {
    try {
      var key = PrivateKeyFactory.createKey(info);
      var publicKey = publicKeyOf(key);
      if (KeyType.of(publicKey).isPresent()) {
        return new SigningKey(key, publicKey);
      }
    } catch (IOException | RuntimeException e) {
      // Said below: the library's words would only repeat the bytes of a secret.
    }
    throw new FormatException(
        "PrivateKeyInfo",
        0,
        "expected an RSA (2048, 3072, 4096), EC (P-256, P-384, P-521, named curve) or Ed25519 key");
  }

  private static SubjectPublicKeyInfo publicKeyOf(AsymmetricKeyParameter key) {
    try {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
          switch (key) {
            case RSAPrivateCrtKeyParameters rsa ->
                new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
            case ECPrivateKeyParameters ec
                when ec.getParameters() instanceof ECNamedDomainParameters curve ->
                point(curve, ec.getD());
            case Ed25519PrivateKeyParameters ed25519 -> ed25519.generatePublicKey();
            default -> throw new IllegalArgumentException("unsupported key");
          });
    } catch (IOException e) {
      throw new IllegalStateException("a public key encodes", e);
    }
  }

  private static ECPublicKeyParameters point(ECNamedDomainParameters curve, BigInteger d) {
    return new ECPublicKeyParameters(
        new FixedPointCombMultiplier().multiply(curve.getG(), d), curve);
  }

  public SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  /** What {@link #sign} and {@link #contentSigner()} use: the key's {@link SignatureScheme}. */
  public AlgorithmIdentifier algorithm() {
    return algorithm;
  }

  /** A signature by the key's own scheme. */
  public Bytes sign(Bytes message) {
    var signer = contentSigner();
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  public ContentSigner contentSigner() {
    return contentSigner(algorithm);
  }

  /**
   * A new signer for one message by this algorithm, which must fit the key: sha256/384/512
   * WithRSAEncryption (PKCS#1 v1.5), ecdsa-with-SHA256/384/512, Ed25519.
   */
  public ContentSigner contentSigner(AlgorithmIdentifier by) {
    return new KeyContentSigner(material(), by);
  }

  /** The PKCS#8 structure in version 1: OpenSSL 3.0 reads no public key beside an Ed25519 one. */
  PrivateKeyInfo privateKeyInfo() {
    try {
      var info = PrivateKeyInfoFactory.createPrivateKeyInfo(material());
      return new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey());
    } catch (IOException e) {
      throw new IllegalStateException("a private key encodes", e);
    }
  }

  private AsymmetricKeyParameter material() {
    var material = key;
    if (material == null) {
      throw new IllegalStateException("the key was closed");
    }
    return material;
  }

  /** Drops the key: it signs no more. */
  @Override
  public void close() {
    key = null;
  }

  @Override
  public String toString() {
    return "SigningKey[" + KeyType.of(publicKey).map(KeyType::label).orElse("unknown") + "]";
  }
}
