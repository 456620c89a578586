// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * An authority's key, which verifies many signatures. ECDSA, from some signatures on, is verified
 * with tables of the key's multiples, which takes about a third of the time, less than a native
 * library does without them. That only ever says yes: everything else is for {@link
 * SignatureScheme} to judge. For any number of threads.
 */
final class IssuerKey {
  /** Making the tables takes as long as some signatures. */
  private static final int WORTH_TABLES = 4;

  private final SubjectPublicKeyInfo key;
  private final AtomicInteger signatures = new AtomicInteger();
  private volatile @Nullable Ready ready;

  IssuerKey(SubjectPublicKeyInfo key) {
    this.key = key;
  }

  /** {@link SignatureScheme#verify(SubjectPublicKeyInfo, AlgorithmIdentifier, Bytes, Bytes)} */
  boolean verify(AlgorithmIdentifier by, Bytes message, Bytes signature) {
    boolean known =
        SignatureAlgorithm.of(by).orElse(null) instanceof Ecdsa ecdsa
            && (signatures.get() > WORTH_TABLES || signatures.incrementAndGet() > WORTH_TABLES)
            && byTables(ecdsa, message, signature);
    return known || SignatureScheme.verify(key, by, message, signature);
  }

  /** Whether the tables say yes. */
  boolean byTables(Ecdsa by, Bytes message, Bytes signature) {
    return by.fits(key)
        && ready().filter(r -> verify(r, by.hash().digest(message).value(), signature)).isPresent();
  }

  /** The tables and the order of their curve. */
  private record Ready(BigInteger order, EcTables tables) {}

  private Optional<Ready> ready() {
    var known = ready;
    if (known == null) {
      try {
        if (!(PublicKeys.read(key) instanceof ECPublicKeyParameters ec)) {
          return Optional.empty();
        }
        known = new Ready(ec.getParameters().getN(), new EcTables(ec));
      } catch (IOException | RuntimeException e) {
        return Optional.empty(); // A key that the library does not read.
      }
      ready = known;
    }
    return Optional.of(known);
  }

  /** SEC 1, 4.1.4. */
  private static boolean verify(Ready ready, Bytes digest, Bytes signature) {
    BigInteger n = ready.order();
    BigInteger[] numbers;
    try {
      numbers = StandardDSAEncoding.INSTANCE.decode(n, signature.toArray());
    } catch (IOException | RuntimeException e) {
      return false;
    }
    BigInteger r = numbers[0];
    BigInteger s = numbers[1];
    if (!inRange(r, n) || !inRange(s, n)) {
      return false;
    }
    BigInteger inverse = BigIntegers.modOddInverseVar(n, s);
    ECPoint sum =
        ready.tables().sum(number(digest, n).multiply(inverse).mod(n), r.multiply(inverse).mod(n));
    return !sum.isInfinity() && sum.getAffineXCoord().toBigInteger().mod(n).equals(r);
  }

  private static boolean inRange(BigInteger number, BigInteger n) {
    return number.signum() > 0 && number.compareTo(n) < 0;
  }

  /** The leftmost bits of the digest, as many as the order has. */
  private static BigInteger number(Bytes digest, BigInteger n) {
    var whole = new BigInteger(1, digest.toArray());
    return whole.shiftRight(Math.max(0, digest.size() * Byte.SIZE - n.bitLength()));
  }
}
