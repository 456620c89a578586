// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

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

  static SigningKey parse(Bytes content, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var pem = pem(content);
    return switch (pem.getType()) {
      case PLAIN -> plain(pem.getContent());
      case ENCRYPTED -> {
        var info = encrypted(pem.getContent());
        byte[] der = Pbes2.decrypt(info, passphrase, name);
        try {
          yield plain(der);
        } catch (FormatException e) {
          throw Pbes2.wrongPassphrase(name);
        } finally {
          Arrays.fill(der, (byte) 0);
        }
      }
      default ->
          throw new FormatException(
              "PEM",
              0,
              "expected PRIVATE KEY or ENCRYPTED PRIVATE KEY (PKCS#8), found " + pem.getType());
    };
  }

  private static PemObject pem(Bytes content) throws FormatException {
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      PemObject found = reader.readPemObject();
      if (found == null) {
        throw new FormatException("PEM", 0, "holds no private key");
      }
      if (reader.readPemObject() != null) {
        throw new FormatException("PEM", 0, "expected one private key, found more");
      }
      return found;
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM file");
    }
  }

  private static EncryptedPrivateKeyInfo encrypted(byte[] der) throws FormatException {
    try {
      return EncryptedPrivateKeyInfo.getInstance(der);
    } catch (RuntimeException e) {
      throw new FormatException("EncryptedPrivateKeyInfo", 0, "is not PKCS#8");
    }
  }

  private static SigningKey plain(byte[] der) throws FormatException {
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
      return text(
          switch (protection) {
            case KeyProtection.Plaintext plaintext -> new PemObject(PLAIN, der);
            case KeyProtection.Encrypted encrypted ->
                new PemObject(
                    ENCRYPTED,
                    Pbes2.encrypt(der, encrypted.passphrase(), encrypted.salt()).getEncoded("DER"));
          });
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static SoftwareKey exportable(SigningKey key) {
    return switch (key) {
      case SoftwareKey software -> software;
    };
  }

  private static Bytes text(PemObject pem) throws IOException {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(pem);
    }
    return Bytes.utf8(text.toString());
  }
}
