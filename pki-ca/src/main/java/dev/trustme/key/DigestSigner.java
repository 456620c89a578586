// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.NullDigest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Signatures over what was hashed elsewhere; the same bytes as over the message. */
final class DigestSigner {
  private DigestSigner() {}

  /** The input is the algorithm's digest, or the message where it signs that. */
  static Bytes sign(AsymmetricKeyParameter key, SignatureAlgorithm by, Bytes input) {
    ToBeSigned.requireSize(by, input);
    return switch (by) {
      case RsaPkcs1 rsa ->
          sign(new RSADigestSigner(new NullDigest(), KeyContentSigner.oid(rsa.hash())), key, input);
      case RsaPss pss -> sign(OwnSignature.pss(new RSABlindedEngine(), pss), key, input);
      case Ecdsa ecdsa -> ecdsa((ECPrivateKeyParameters) key, ecdsa, input);
      case Ed25519 ed25519 -> sign(new Ed25519Signer(), key, input);
      case MlDsa mlDsa -> sign(new MLDSASigner(), key, input);
    };
  }

  private static Bytes sign(Signer signer, AsymmetricKeyParameter key, Bytes input) {
    signer.init(true, key);
    signer.update(input.toArray(), 0, input.size());
    try {
      return Bytes.copyOf(signer.generateSignature());
    } catch (CryptoException e) {
      throw new IllegalStateException("the key cannot sign", e);
    }
  }

  /** RFC 6979: the nonce comes from key and digest. */
  private static Bytes ecdsa(ECPrivateKeyParameters key, Ecdsa by, Bytes digest) {
    var signer = new ECDSASigner(new HMacDSAKCalculator(KeyContentSigner.digest(by.hash())));
    signer.init(true, key);
    BigInteger[] pair = signer.generateSignature(digest.toArray());
    try {
      return Bytes.copyOf(
          StandardDSAEncoding.INSTANCE.encode(key.getParameters().getN(), pair[0], pair[1]));
    } catch (IOException e) {
      throw new IllegalStateException("two numbers encode", e);
    }
  }
}
