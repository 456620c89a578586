// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** An RSA key that everybody can compute from its name. Never use one for anything else. */
record SeededRsa(BigInteger modulus, BigInteger exponent, BigInteger secret) {
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final int SALT = 32;

  /** How primes are made. */
  private interface Primes {
    BigInteger of(String name, int bits);
  }

  static SeededRsa of(String name, int bits, long exponent) {
    return make(name, bits, BigInteger.valueOf(exponent), SeededRsa::prime);
  }

  /** With primes k*M + (65537^a mod M), as CVE-2017-15361 tells of. */
  static SeededRsa factorable(String name) {
    return make(name, 2048, F4, SeededRsa::structured);
  }

  private static SeededRsa make(String name, int bits, BigInteger exponent, Primes primes) {
    for (int i = 0; ; i++) {
      var p = primes.of(name + " p " + i, bits / 2);
      var q = primes.of(name + " q " + i, bits / 2);
      var phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
      if (phi.gcd(exponent).equals(BigInteger.ONE) && p.multiply(q).bitLength() == bits) {
        return new SeededRsa(p.multiply(q), exponent, exponent.modInverse(phi));
      }
    }
  }

  private static BigInteger prime(String name, int bits) {
    return number(name, bits).setBit(bits - 1).setBit(bits - 2).nextProbablePrime();
  }

  private static BigInteger structured(String name, int bits) {
    var product = BigInteger.TWO;
    for (var next = BigInteger.valueOf(3);
        product.multiply(next).bitLength() < bits - 50;
        next = next.nextProbablePrime()) {
      product = product.multiply(next);
    }
    var base = F4.modPow(number(name + " a", 64), product);
    var k = BigInteger.ONE.shiftLeft(bits).divide(product).subtract(number(name + " k", 40));
    while (true) {
      var candidate = product.multiply(k).add(base);
      if (candidate.bitLength() == bits && candidate.isProbablePrime(64)) {
        return candidate;
      }
      k = k.subtract(BigInteger.ONE);
    }
  }

  private static BigInteger number(String name, int bits) {
    Bytes digits = Bytes.empty();
    for (int i = 0; digits.size() * 8 < bits; i++) {
      var block = HashAlgorithm.SHA512.digest(Bytes.utf8("trustme RSA vectors: " + name + " " + i));
      digits = Bytes.concat(digits, block.value());
    }
    return new BigInteger(1, digits.slice(0, bits / 8).toArray());
  }

  Bytes unique() {
    Bytes raw = Bytes.copyOf(modulus.toByteArray());
    return raw.slice(raw.size() - modulus.bitLength() / 8, raw.size());
  }

  SubjectPublicKeyInfo info() {
    try {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
          new RSAKeyParameters(false, modulus, exponent));
    } catch (IOException e) {
      throw new IllegalStateException("a key encodes", e);
    }
  }

  /** The signature in one scheme, said to be in another. */
  Bytes sign(TpmAlgId made, TpmAlgId said, Bytes message) {
    Signer signer =
        made == TpmAlgId.TPM_ALG_RSAPSS
            ? new PSSSigner(new RSAEngine(), new SHA256Digest(), new byte[SALT])
            : new RSADigestSigner(new SHA256Digest());
    signer.init(true, new RSAKeyParameters(true, modulus, secret));
    signer.update(message.toArray(), 0, message.size());
    try {
      Bytes signature = Bytes.copyOf(signer.generateSignature());
      return new TpmtSignature.Rsa(said, HashAlgorithm.SHA256, signature).encode();
    } catch (CryptoException e) {
      throw new IllegalStateException("a key signs", e);
    }
  }
}
