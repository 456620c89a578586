// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.DSA;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.NullDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.operator.ContentSigner;

/**
 * One signature in the making, by Bouncy Castle's lightweight signers. What RSASSA-PKCS1-v1_5 and
 * ECDSA hash is hashed by the JDK, whose SHA-2 uses the processor's own.
 */
final class KeyContentSigner implements ContentSigner {
  private final AlgorithmIdentifier algorithm;
  private final Signer signer;
  private final Optional<MessageDigest> digest;

  /** The algorithm fits the key. */
  KeyContentSigner(AsymmetricKeyParameter key, SignatureAlgorithm scheme, AlgorithmIdentifier by) {
    this.algorithm = by;
    this.signer = signer(scheme);
    this.digest = digestBefore(scheme).map(HashAlgorithm::newDigest);
    signer.init(true, key);
  }

  /** The digest that is made before the signer sees anything; others hash themselves. */
  private static Optional<HashAlgorithm> digestBefore(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case RsaPkcs1 rsa -> Optional.of(rsa.hash());
      case Ecdsa ecdsa -> Optional.of(ecdsa.hash());
      case RsaPss pss -> Optional.empty();
      case Ed25519 ed25519 -> Optional.empty();
      case MlDsa mlDsa -> Optional.empty();
    };
  }

  private static Signer signer(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case RsaPkcs1 rsa -> new RSADigestSigner(new NullDigest(), oid(rsa.hash()));
      case RsaPss pss ->
          new PSSSigner(new RSABlindedEngine(), digest(pss.hash()), pss.saltLength());
      case Ecdsa ecdsa ->
          new DSADigestSigner(deterministic(digest(ecdsa.hash())), new NullDigest());
      case Ed25519 ed25519 -> new Ed25519Signer();
      case MlDsa mlDsa -> new MLDSASigner();
    };
  }

  /** The algorithm, which fits the key; another is an IllegalArgumentException. */
  static SignatureAlgorithm require(AlgorithmIdentifier by, SubjectPublicKeyInfo publicKey) {
    return SignatureAlgorithm.of(by)
        .filter(algorithm -> algorithm.fits(publicKey))
        .orElseThrow(
            () -> new IllegalArgumentException(by.getAlgorithm() + " does not fit the key"));
  }

  static Digest digest(HashAlgorithm hash) {
    return switch (hash) {
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      case SHA1, SHA3_256, SHA3_384, SHA3_512 ->
          throw new IllegalStateException("not in a signature algorithm: " + hash);
    };
  }

  static ASN1ObjectIdentifier oid(HashAlgorithm hash) {
    return switch (hash) {
      case SHA256 -> NISTObjectIdentifiers.id_sha256;
      case SHA384 -> NISTObjectIdentifiers.id_sha384;
      case SHA512 -> NISTObjectIdentifiers.id_sha512;
      case SHA1, SHA3_256, SHA3_384, SHA3_512 ->
          throw new IllegalStateException("not in a signature algorithm: " + hash);
    };
  }

  /** RFC 6979: the nonce comes from key and message. */
  private static DSA deterministic(Digest digest) {
    return new ECDSASigner(new HMacDSAKCalculator(digest));
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return algorithm;
  }

  @Override
  public OutputStream getOutputStream() {
    return digest
        .<OutputStream>map(d -> new DigestOutputStream(OutputStream.nullOutputStream(), d))
        .orElseGet(this::toSigner);
  }

  private OutputStream toSigner() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        signer.update((byte) b);
      }

      @Override
      public void write(byte[] part, int from, int count) {
        signer.update(part, from, count);
      }
    };
  }

  @Override
  public byte[] getSignature() {
    digest.map(MessageDigest::digest).ifPresent(d -> signer.update(d, 0, d.length));
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }
}
