// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.math.BigInteger;
import java.util.BitSet;

/**
 * RSA moduli whose primes are all of the form k*M + (65537^a mod M), with M a product of the first
 * primes, as one library for TPMs and smart cards made them (CVE-2017-15361): they can be factored.
 * Such a modulus is a power of 65537 modulo each of those primes, which is true of another modulus
 * once in some hundred million.
 */
public final class WeakRsa {
  private static final BigInteger GENERATOR = BigInteger.valueOf(65537);
  private static final int LAST_PRIME = 167;

  private WeakRsa() {}

  /** Whether the modulus has that form. */
  public static boolean knownForm(BigInteger modulus) {
    for (int prime = 3; prime <= LAST_PRIME; prime += 2) {
      var p = BigInteger.valueOf(prime);
      if (p.isProbablePrime(20) && !powers(p).get(modulus.mod(p).intValue())) {
        return false;
      }
    }
    return true;
  }

  /** What powers of the generator are modulo a small prime. */
  private static BitSet powers(BigInteger prime) {
    var powers = new BitSet();
    var power = BigInteger.ONE;
    while (!powers.get(power.intValue())) {
      powers.set(power.intValue());
      power = power.multiply(GENERATOR).mod(prime);
    }
    return powers;
  }
}
