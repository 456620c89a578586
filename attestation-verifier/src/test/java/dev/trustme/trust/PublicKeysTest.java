// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.junit.jupiter.api.Test;

class PublicKeysTest {
  private static final BigInteger E = BigInteger.valueOf(65537);

  private static BigInteger odd(int bits) {
    return BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
  }

  private static SubjectPublicKeyInfo key(
      ASN1ObjectIdentifier algorithm, BigInteger modulus, BigInteger exponent) throws IOException {
    return new SubjectPublicKeyInfo(
        new AlgorithmIdentifier(algorithm, DERNull.INSTANCE), new RSAPublicKey(modulus, exponent));
  }

  private static void refused(BigInteger modulus, BigInteger exponent) throws IOException {
    var key = key(PKCSObjectIdentifiers.rsaEncryption, modulus, exponent);
    assertThrows(IOException.class, () -> PublicKeys.read(key));
    assertThrows(IOException.class, () -> PublicKeys.rsa(modulus, exponent));
  }

  @Test
  void readsRsaKeysWhateverTheyAreRestrictedTo() throws Exception {
    for (var algorithm :
        new ASN1ObjectIdentifier[] {
          PKCSObjectIdentifiers.rsaEncryption, PKCSObjectIdentifiers.id_RSASSA_PSS
        }) {
      var read =
          assertInstanceOf(RSAKeyParameters.class, PublicKeys.read(key(algorithm, odd(2048), E)));
      assertEquals(odd(2048), read.getModulus());
      assertEquals(E, read.getExponent());
    }
  }

  @Test
  void boundsTheNumbers() throws Exception {
    PublicKeys.rsa(odd(1024), odd(256));
    PublicKeys.rsa(odd(8192), odd(256));
    refused(odd(1023), E);
    refused(odd(8193), E);
    refused(odd(2048), odd(257));
    refused(odd(2048).add(BigInteger.ONE), E);
    refused(odd(2048), E.add(BigInteger.ONE));
  }

  @Test
  void whatIsNoKeyIsAnError() throws Exception {
    var point = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic().getEncoded();
    assertInstanceOf(
        ECPublicKeyParameters.class, PublicKeys.read(SubjectPublicKeyInfo.getInstance(point)));
    point[point.length - 1] ^= 1;
    assertThrows(IOException.class, () -> PublicKeys.read(SubjectPublicKeyInfo.getInstance(point)));
    var sequence = new RSAPublicKey(odd(2048), E);
    var unknown =
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.3.4")), sequence);
    assertThrows(IOException.class, () -> PublicKeys.read(unknown));
  }
}
