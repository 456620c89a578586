// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * One private key in a PEM file of mode 0600: PKCS#8, RFC 5958, encrypted by PBES2 (RFC 8018)
 * unless said otherwise.
 */
public final class KeyFile {
  private static final String PLAIN = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
  private static final int MAX_BYTES = 64 * 1024;

  private KeyFile() {}

  /**
   * Reads a key; the passphrase is asked for only where the file is encrypted.
   *
   * @throws GeneralSecurityException where the passphrase is wrong
   */
  public static SigningKey read(Path file, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    Bytes content = Inputs.read(file, MAX_BYTES);
    try {
      return parse(content, passphrase, file.toString());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** The same from its content; {@code name} is for messages. */
  public static SigningKey parse(Bytes content, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var pem = PemFile.only(content);
    return switch (pem.getType()) {
      case PLAIN -> plain(pem.getContent());
      case ENCRYPTED -> {
        byte[] der = Pbes2.decrypt(encrypted(pem.getContent()), passphrase, name);
        try {
          yield plain(der);
        } catch (FormatException e) {
          throw Pbes2.wrongPassphrase(name);
        } finally {
          Arrays.fill(der, (byte) 0);
        }
      }
      default -> throw new FormatException("PEM", 0, otherType(pem.getType()));
    };
  }

  private static String otherType(String type) {
    String expected =
        "expected PRIVATE KEY or ENCRYPTED PRIVATE KEY (PKCS#8), found %s".formatted(type);
    return switch (type) {
      case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
          expected + "; 'openssl pkcs8 -topk8 -v2 aes256 -in OLD -out NEW' converts it";
      case Tss2PrivateKey.PEM -> expected + "; a TPM's key is named tpm2:FILE";
      default -> expected;
    };
  }

  static Pbes2.Sealed encrypted(byte[] der) throws FormatException {
    try {
      var info = EncryptedPrivateKeyInfo.getInstance(der);
      return new Pbes2.Sealed(info.getEncryptionAlgorithm(), Bytes.copyOf(info.getEncryptedData()));
    } catch (RuntimeException e) {
      throw new FormatException("EncryptedPrivateKeyInfo", 0, "is not PKCS#8");
    }
  }

  static SoftwareKey plain(byte[] der) throws FormatException {
    try {
      return SoftwareKey.of(PrivateKeyInfo.getInstance(der));
    } catch (RuntimeException e) {
      throw new FormatException("PrivateKeyInfo", 0, "is not PKCS#8");
    }
  }

  /** Writes the key, for the owner alone to read; a file that exists stays. */
  public static void write(Path file, SigningKey key, KeyProtection protection)
      throws IOException, GeneralSecurityException {
    Outputs.write(file, encode(key, protection), Outputs.PRIVATE, false);
  }

  /** The file's content. Keys that are encoded with one protection share one derivation. */
  public static Bytes encode(SigningKey key, KeyProtection protection)
      throws IOException, GeneralSecurityException {
    byte[] der = exportable(key).privateKeyInfo().getEncoded("DER");
    try {
      return PemFile.text(
          switch (protection) {
            case KeyProtection.Plaintext plaintext -> new PemObject(PLAIN, der);
            case KeyProtection.Encrypted encrypted ->
                new PemObject(ENCRYPTED, encrypted(der, encrypted).getEncoded("DER"));
          });
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /** PKCS#8 under PBES2. */
  static EncryptedPrivateKeyInfo encrypted(byte[] der, KeyProtection.Encrypted protection)
      throws IOException, GeneralSecurityException {
    var sealed = Pbes2.encrypt(der, protection.passphrase(), protection.salt());
    return new EncryptedPrivateKeyInfo(sealed.algorithm(), sealed.content().toArray());
  }

  static SoftwareKey exportable(SigningKey key) {
    return switch (key) {
      case SoftwareKey software -> software;
      case RemoteKey remote ->
          throw new IllegalArgumentException("a private key never leaves " + remote.where());
      case DeferredKey afar ->
          throw new IllegalArgumentException("a private key that is not here: " + afar);
    };
  }
}
