// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Public keys as the library calculates with them.
 *
 * <p>The library's own reader tests each RSA modulus that it sees for primality, which costs as
 * much as a signature. That is a question for whoever issues a certificate (the lint rules of the
 * PKI ask it), not for each verification: here the sizes of the numbers are bounded instead.
 */
public final class PublicKeys {
  private static final int MIN_RSA_BITS = 1024;
  private static final int MAX_RSA_BITS = 8192;

  /** FIPS 186-5, A.1.1; a longer exponent only costs time. */
  private static final int MAX_EXPONENT_BITS = 256;

  private PublicKeys() {}

  /**
   * The key without what restricts it: id-RSASSA-PSS keys are read as RSA keys.
   *
   * @throws IOException if this is no key, or one of RSA with sizes that nobody uses
   */
  public static AsymmetricKeyParameter read(SubjectPublicKeyInfo key) throws IOException {
    try {
      if (isRsa(key)) {
        var numbers = RSAPublicKey.getInstance(key.parsePublicKey());
        return rsa(numbers.getModulus(), numbers.getPublicExponent());
      }
      return PublicKeyFactory.createKey(key);
    } catch (RuntimeException e) {
      throw new IOException("no key that the library can read", e);
    }
  }

  private static boolean isRsa(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
        || algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  /**
   * A key of these numbers.
   *
   * @throws IOException if they are even, or of sizes that nobody uses
   */
  public static RSAKeyParameters rsa(BigInteger modulus, BigInteger exponent) throws IOException {
    int bits = modulus.bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new IOException("an RSA key whose numbers have no usual sizes");
    }
    if (!modulus.testBit(0) || !exponent.testBit(0)) {
      throw new IOException("an RSA key of even numbers");
    }
    return new RSAKeyParameters(false, modulus, exponent, true);
  }
}
