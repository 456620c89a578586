// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * PBES2 with PBKDF2 and AES-CBC, RFC 8018 6.2. Written: HMAC-SHA256, 600 000 iterations,
 * AES-256-CBC. Read: also HMAC-SHA384 and -SHA512, AES-128 and -192, and other iteration counts.
 */
final class Pbes2 {
  static final int ITERATIONS = 600_000;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int BLOCK = 16;
  private static final String CONVERT =
      "'openssl pkcs8 -topk8 -v2 aes256 -v2prf hmacWithSHA256' rewrites a key file";

  private Pbes2() {}

  /** What was encrypted, and how. */
  record Sealed(AlgorithmIdentifier algorithm, Bytes content) {}

  static Sealed encrypt(byte[] secret, Passphrase passphrase, Bytes salt)
      throws IOException, GeneralSecurityException {
    var iv = new byte[BLOCK];
    new SecureRandom().nextBytes(iv);
    var derivation =
        new KeyDerivationFunc(
            PKCSObjectIdentifiers.id_PBKDF2,
            new PBKDF2Params(
                salt.toArray(),
                ITERATIONS,
                new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE)));
    var scheme = new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv));
    byte[] key = passphrase.derive(new Pbkdf2(HashAlgorithm.SHA256, salt, ITERATIONS, 32));
    try {
      return new Sealed(
          new AlgorithmIdentifier(
              PKCSObjectIdentifiers.id_PBES2, new PBES2Parameters(derivation, scheme)),
          Bytes.copyOf(cipher(Cipher.ENCRYPT_MODE, key, iv).doFinal(secret)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The secret, which the caller wipes. */
  static byte[] decrypt(Sealed sealed, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var parameters = parameters(sealed.algorithm);
    var derivation = pbkdf2(AlgorithmIdentifier.getInstance(parameters.getKeyDerivationFunc()));
    int iterations = iterations(derivation.getIterationCount());
    HashAlgorithm hash = hash(derivation.getPrf().getAlgorithm());
    int size = keySize(parameters.getEncryptionScheme().getAlgorithm());
    byte[] iv = iv(parameters);
    Bytes salt = Bytes.copyOf(derivation.getSalt());
    byte[] key = passphrase.derive(new Pbkdf2(hash, salt, iterations, size));
    try {
      return cipher(Cipher.DECRYPT_MODE, key, iv).doFinal(sealed.content.toArray());
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      throw wrongPassphrase(name);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static GeneralSecurityException wrongPassphrase(String name) {
    return new GeneralSecurityException(name + ": wrong passphrase");
  }

  private static Cipher cipher(int mode, byte[] secret, byte[] iv) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, new SecretKeySpec(secret, "AES"), new IvParameterSpec(iv));
    return cipher;
  }

  private static PBES2Parameters parameters(AlgorithmIdentifier algorithm) throws FormatException {
    try {
      if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
        return PBES2Parameters.getInstance(algorithm.getParameters());
      }
    } catch (RuntimeException e) {
      throw malformed("has broken PBES2 parameters");
    }
    throw malformed(
        "expected encryption by PBES2, found %s; %s".formatted(algorithm.getAlgorithm(), CONVERT));
  }

  static PBKDF2Params pbkdf2(AlgorithmIdentifier function) throws FormatException {
    try {
      if (function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
        return PBKDF2Params.getInstance(function.getParameters());
      }
    } catch (RuntimeException e) {
      throw malformed("has broken PBKDF2 parameters");
    }
    throw malformed(
        "expected key derivation by PBKDF2, found %s; %s"
            .formatted(function.getAlgorithm(), CONVERT));
  }

  static int iterations(BigInteger count) throws FormatException {
    if (count.signum() <= 0 || count.bitLength() > 31 || count.intValue() > MAX_ITERATIONS) {
      throw malformed("expected 1 to %d iterations, found %s".formatted(MAX_ITERATIONS, count));
    }
    return count.intValue();
  }

  /** The digest of an HMAC's name. */
  static HashAlgorithm hash(ASN1ObjectIdentifier hmac) throws FormatException {
    if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
      return HashAlgorithm.SHA256;
    }
    if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
      return HashAlgorithm.SHA384;
    }
    if (hmac.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
      return HashAlgorithm.SHA512;
    }
    throw malformed(
        "expected HMAC with SHA-256, -384 or -512, found %s; %s".formatted(hmac, CONVERT));
  }

  private static int keySize(ASN1ObjectIdentifier scheme) throws FormatException {
    if (scheme.equals(NISTObjectIdentifiers.id_aes256_CBC)) {
      return 32;
    }
    if (scheme.equals(NISTObjectIdentifiers.id_aes192_CBC)) {
      return 24;
    }
    if (scheme.equals(NISTObjectIdentifiers.id_aes128_CBC)) {
      return 16;
    }
    throw malformed("expected AES-CBC, found %s; %s".formatted(scheme, CONVERT));
  }

  private static byte[] iv(PBES2Parameters parameters) throws FormatException {
    try {
      byte[] iv =
          ASN1OctetString.getInstance(parameters.getEncryptionScheme().getParameters()).getOctets();
      if (iv.length == BLOCK) {
        return iv;
      }
    } catch (RuntimeException e) {
      throw malformed("has a broken initialization vector");
    }
    throw malformed("expected an initialization vector of 16 bytes");
  }

  private static FormatException malformed(String problem) {
    return new FormatException("EncryptedPrivateKeyInfo", 0, problem);
  }
}
