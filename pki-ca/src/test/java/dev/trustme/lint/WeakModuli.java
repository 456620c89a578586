// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import java.math.BigInteger;
import java.util.Random;

/** RSA moduli, good ones and ones that come apart; the same in every run. */
public final class WeakModuli {
  private static final Random RANDOM = new Random(4711);
  private static final BigInteger E = BigInteger.valueOf(65537);

  private WeakModuli() {}

  public static BigInteger good(int bits) {
    BigInteger modulus;
    do {
      modulus = prime(bits / 2).multiply(prime(bits / 2));
    } while (modulus.bitLength() != bits);
    return modulus;
  }

  public static BigInteger prime(int bits) {
    return new BigInteger(bits, 20, RANDOM);
  }

  /** What is left of it need not be prime. */
  public static BigInteger smallFactor() {
    return BigInteger.valueOf(751).multiply(new BigInteger(2038, RANDOM).setBit(2037).setBit(0));
  }

  /** Two primes next to each other. */
  public static BigInteger neighbours() {
    BigInteger prime = new BigInteger(1024, RANDOM).setBit(1023).setBit(1022).nextProbablePrime();
    return prime.multiply(prime.nextProbablePrime());
  }

  /**
   * Primes of the form k * M + (65537^a mod M), where M is the product of the first 126 primes:
   * what the library made for keys of 2048 bits.
   */
  public static BigInteger roca() {
    BigInteger m = BigInteger.ONE;
    BigInteger prime = BigInteger.TWO;
    for (int i = 0; i < 126; i++) {
      m = m.multiply(prime);
      prime = prime.nextProbablePrime();
    }
    BigInteger modulus;
    do {
      modulus = rocaPrime(m).multiply(rocaPrime(m));
    } while (modulus.bitLength() != 2048);
    return modulus;
  }

  private static BigInteger rocaPrime(BigInteger m) {
    BigInteger candidate;
    do {
      BigInteger k = new BigInteger(1024 - m.bitLength(), RANDOM).setBit(1023 - m.bitLength());
      candidate = k.multiply(m).add(E.modPow(new BigInteger(64, RANDOM), m));
    } while (candidate.bitLength() != 1024 || !candidate.isProbablePrime(20));
    return candidate;
  }
}
