// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;

/** What stands where a signature will: its form and size, and nobody's signature. */
public final class Placeholder {
  private static final int ED25519_SIZE = 64;

  private Placeholder() {}

  /** For this key and algorithm; an ECDSA signature may become some bytes shorter. */
  public static Bytes of(SubjectPublicKeyInfo publicKey, SignatureAlgorithm by) {
    try {
      return switch (by) {
        case RsaPkcs1 rsa -> number(publicKey);
        case RsaPss pss -> number(publicKey);
        case Ecdsa ecdsa -> pair(publicKey);
        case Ed25519 ed25519 -> Bytes.zeros(ED25519_SIZE);
        case MlDsa mlDsa -> Bytes.zeros(mlDsaSize(mlDsa.parameterSet()));
      };
    } catch (IOException e) {
      throw new IllegalArgumentException("a key that does not fit " + by, e);
    }
  }

  private static Bytes number(SubjectPublicKeyInfo publicKey) throws IOException {
    var bytes = new byte[(OwnSignature.rsa(publicKey).getModulus().bitLength() + 7) / 8];
    bytes[bytes.length - 1] = 1;
    return Bytes.copyOf(bytes);
  }

  private static Bytes pair(SubjectPublicKeyInfo publicKey) throws IOException {
    var key = (ECPublicKeyParameters) PublicKeys.read(publicKey);
    Bytes last = Bytes.copyOf(key.getParameters().getN().subtract(BigInteger.ONE).toByteArray());
    return OwnSignature.der(publicKey, last, last);
  }

  /** FIPS 204, table 2. */
  private static int mlDsaSize(int parameterSet) {
    return switch (parameterSet) {
      case 44 -> 2420;
      case 65 -> 3309;
      case 87 -> 4627;
      default -> throw new IllegalArgumentException("ML-DSA-" + parameterSet);
    };
  }
}
