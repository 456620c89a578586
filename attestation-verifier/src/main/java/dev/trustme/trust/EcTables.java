// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Multiples of a curve's base point and of one public key, for the sum that verifies an ECDSA
 * signature: a comb over both, whose teeth are the tables' index. Not for secrets, as its time
 * depends on the numbers.
 */
final class EcTables {
  private static final int TEETH = 7;

  private final int spacing;
  private final ECPoint zero;
  private final List<ECPoint> base;
  private final List<ECPoint> key;

  EcTables(ECPublicKeyParameters key) {
    var domain = key.getParameters();
    this.spacing = (domain.getN().bitLength() + TEETH - 1) / TEETH;
    this.zero = domain.getCurve().getInfinity();
    this.base = table(domain.getG());
    this.key = table(key.getQ());
  }

  /** At index i the sum of the point's multiples by 2^(spacing * j), for each bit j of i. */
  private List<ECPoint> table(ECPoint point) {
    List<ECPoint> sums = new ArrayList<>(List.of(zero));
    ECPoint power = point;
    for (int tooth = 0; tooth < TEETH; tooth++) {
      for (ECPoint sum : List.copyOf(sums)) {
        sums.add(sum.add(power));
      }
      power = power.timesPow2(spacing);
    }
    var all = sums.toArray(ECPoint[]::new);
    point.getCurve().normalizeAll(all);
    return List.of(all);
  }

  /** The base point times the one number, and the key's point times the other; both below n. */
  ECPoint sum(BigInteger ofBase, BigInteger ofKey) {
    ECPoint sum = zero;
    for (int i = spacing - 1; i >= 0; i--) {
      sum = sum.twicePlus(base.get(teeth(ofBase, i))).add(key.get(teeth(ofKey, i)));
    }
    return sum.normalize();
  }

  private int teeth(BigInteger number, int at) {
    int index = 0;
    for (int tooth = 0; tooth < TEETH; tooth++) {
      if (number.testBit(at + tooth * spacing)) {
        index |= 1 << tooth;
      }
    }
    return index;
  }
}
