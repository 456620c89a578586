// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.trust.Check;
import java.io.IOException;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * RSA keys that are of an allowed kind and still not worth certifying: short, with a public
 * exponent below 65537 (FIPS 186-5, A.1.1), or made by the Infineon library whose primes are powers
 * of 65537 modulo a primorial (CVE-2017-15361, "ROCA"): those are told by their remainders.
 */
final class WeakKeys {
  private static final int MIN_BITS = 2048;
  private static final int MAX_EXPONENT_BITS = 256;
  private static final int GENERATOR = 65537;

  /** For each odd prime up to 167 that says something: the remainders that powers of 65537 have. */
  private static final Map<Integer, BitSet> REMAINDERS = remainders();

  private WeakKeys() {}

  static Check check(SubjectPublicKeyInfo key) {
    var algorithm = key.getAlgorithm().getAlgorithm();
    if (!algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
        && !algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return Check.pass("csr-key-strength", "no RSA key");
    }
    RSAPublicKey rsa;
    try {
      rsa = RSAPublicKey.getInstance(key.parsePublicKey());
    } catch (IOException | RuntimeException e) {
      return Check.fail("csr-key-strength", "an RSA key", "bytes that are none");
    }
    int bits = rsa.getModulus().bitLength();
    BigInteger exponent = rsa.getPublicExponent();
    if (bits < MIN_BITS || !rsa.getModulus().testBit(0)) {
      return Check.fail(
          "csr-key-strength", MIN_BITS + " bits or more", "%d bits of RSA".formatted(bits));
    }
    if (exponent.compareTo(BigInteger.valueOf(GENERATOR)) < 0
        || exponent.bitLength() > MAX_EXPONENT_BITS
        || !exponent.testBit(0)) {
      return Check.fail(
          "csr-key-exponent",
          "an odd exponent from 65537 on",
          exponent.bitLength() > 64 ? exponent.bitLength() + " bits" : exponent.toString());
    }
    return predictable(rsa.getModulus())
        ? Check.fail(
            "csr-key-origin", "primes made at random", "the pattern of ROCA (CVE-2017-15361)")
        : Check.pass("csr-key-strength", "%d bits of RSA".formatted(bits));
  }

  /** By chance, one modulus in more than 2^27 looks like this. */
  static boolean predictable(BigInteger modulus) {
    return REMAINDERS.entrySet().stream()
        .allMatch(
            e -> e.getValue().get(modulus.mod(BigInteger.valueOf(e.getKey())).intValueExact()));
  }

  private static Map<Integer, BitSet> remainders() {
    Map<Integer, BitSet> found = new LinkedHashMap<>();
    for (int prime = 3; prime <= 167; prime += 2) {
      if (BigInteger.valueOf(prime).isProbablePrime(30)) {
        var powers = new BitSet(prime);
        int power = 1;
        do {
          powers.set(power);
          power = power * (GENERATOR % prime) % prime;
        } while (power != 1);
        if (powers.cardinality() < prime - 1) {
          found.put(prime, powers);
        }
      }
    }
    return found;
  }
}
