// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.LintRule.KEY_KIND;
import static dev.trustme.lint.LintRule.RSA_EXPONENT;
import static dev.trustme.lint.LintRule.RSA_FACTOR;
import static dev.trustme.lint.LintRule.RSA_MODULUS;
import static dev.trustme.lint.LintRule.RSA_ROCA;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** RSA keys that are broken by how they were made. */
public final class RsaRules {
  private static final int MIN_BITS = 2048;
  private static final int MAX_BITS = 16384;
  private static final int MAX_EXPONENT_BITS = 256;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);

  /** Odd primes below 752, whose product is tried at once. SP 800-89 names this bound. */
  private static final List<Integer> SMALL_PRIMES = primes(751);

  private static final BigInteger SMALL_FACTORS =
      SMALL_PRIMES.stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);

  /** The primes that every length of the Infineon library's moduli is built upon: up to 167. */
  private static final int ROCA_BOUND = 167;

  private static final List<Trace> ROCA =
      SMALL_PRIMES.stream().filter(p -> p <= ROCA_BOUND).map(Trace::of).toList();

  private static final int FERMAT_STEPS = 64;

  /** In bits. A modulus of two primes is found to be none by the first of the tests. */
  private static final int PRIME_CERTAINTY = 100;

  private RsaRules() {}

  /** The powers of 65537 modulo a prime: where all residues of such moduli lie. */
  private record Trace(BigInteger prime, BitSet powers) {
    static Trace of(int prime) {
      var powers = new BitSet(prime);
      for (int power = 1; !powers.get(power); power = power * (65537 % prime) % prime) {
        powers.set(power);
      }
      return new Trace(BigInteger.valueOf(prime), powers);
    }

    boolean in(BigInteger modulus) {
      return powers.get(modulus.mod(prime).intValue());
    }
  }

  /** What is wrong with this key of the algorithm rsaEncryption or id-RSASSA-PSS; else nothing. */
  public static List<Finding> findings(SubjectPublicKeyInfo info) {
    var findings = new Findings();
    if (KeyRules.rsa(info.getAlgorithm().getAlgorithm())) {
      check(info, findings);
    }
    return findings.list();
  }

  static void check(SubjectPublicKeyInfo info, Findings findings) {
    RSAPublicKey key;
    try {
      key = RSAPublicKey.getInstance(info.parsePublicKey());
    } catch (IOException | RuntimeException e) {
      findings.add(KEY_KIND, "the key is no RSA key");
      return;
    }
    BigInteger modulus = key.getModulus();
    int bits = modulus.bitLength();
    if (bits < MIN_BITS || bits > MAX_BITS || modulus.signum() < 0 || !modulus.testBit(0)) {
      findings.add(RSA_MODULUS, "the RSA modulus has %d bits, or is even".formatted(bits));
    } else {
      factors(modulus, findings);
    }
    BigInteger exponent = key.getPublicExponent();
    findings.require(
        exponent.testBit(0)
            && exponent.compareTo(MIN_EXPONENT) >= 0
            && exponent.bitLength() <= MAX_EXPONENT_BITS,
        RSA_EXPONENT,
        "the RSA exponent is " + (exponent.bitLength() > 64 ? "too long" : exponent.toString()));
  }

  private static void factors(BigInteger modulus, Findings findings) {
    boolean small = !modulus.gcd(SMALL_FACTORS).equals(BigInteger.ONE);
    findings.require(
        !small && !neighbours(modulus) && !modulus.isProbablePrime(PRIME_CERTAINTY),
        RSA_FACTOR,
        "the RSA modulus can be factored at once");
    findings.require(
        small || !ROCA.stream().allMatch(t -> t.in(modulus)),
        RSA_ROCA,
        "the RSA modulus has the trace of the Infineon library (ROCA)");
  }

  /** Fermat's method, for a few steps: finds primes that lie close together. */
  private static boolean neighbours(BigInteger modulus) {
    BigInteger[] root = modulus.sqrtAndRemainder();
    BigInteger a = root[1].signum() == 0 ? root[0] : root[0].add(BigInteger.ONE);
    for (int i = 0; i < FERMAT_STEPS; i++) {
      BigInteger square = a.multiply(a).subtract(modulus);
      if (perfectSquare(square)) {
        return true;
      }
      a = a.add(BigInteger.ONE);
    }
    return false;
  }

  private static boolean perfectSquare(BigInteger value) {
    // Squares end in 0, 1, 4 or 9 modulo 16: three of four candidates need no root.
    int end = value.intValue() & 15;
    return (end == 0 || end == 1 || end == 4 || end == 9)
        && value.sqrtAndRemainder()[1].signum() == 0;
  }

  private static List<Integer> primes(int bound) {
    List<Integer> primes = new ArrayList<>();
    for (int n = 3; n <= bound; n += 2) {
      int candidate = n;
      if (primes.stream().allMatch(p -> candidate % p != 0)) {
        primes.add(n);
      }
    }
    return List.copyOf(primes);
  }
}
