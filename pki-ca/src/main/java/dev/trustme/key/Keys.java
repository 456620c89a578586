// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/** Private keys by their reference: the one door to files, tokens and TPMs. */
public final class Keys {
  private Keys() {}

  /**
   * Opens a key. The secret is asked for only where one is needed, and once; for anything but a
   * PKCS#8 file by a prompt that names the key.
   *
   * @throws GeneralSecurityException where the passphrase, PIN or authorization value is wrong
   */
  public static SigningKey open(KeyReference reference, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    return open(reference, Optional.empty(), secrets);
  }

  /**
   * Opens the key that a certificate holds: any other is malformed. Tokens do not know whether an
   * RSA key is for RSASSA-PSS alone, and some not even the public key; the certificate does.
   */
  public static SigningKey open(
      KeyReference reference, X509CertificateHolder certificate, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    var certified = certificate.getSubjectPublicKeyInfo();
    return open(reference, certified, "the key of " + certificate.getSubject(), secrets);
  }

  /**
   * Opens a key of this type that nobody has certified yet; a key of another type opens as what it
   * is, for the caller to refuse.
   */
  public static SigningKey open(KeyReference reference, KeyType type, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    var key = open(reference, secrets);
    var found = KeyType.of(key.publicKey());
    if (found.equals(Optional.of(type))
        || !type.isRsa()
        || !found.map(KeyType::isRsa).orElse(false)) {
      return key;
    }
    var meant = as(type.algorithm(), key.publicKey());
    key.close(); // A token or TPM, which does not know that its RSA key is for RSASSA-PSS alone.
    return open(reference, Optional.of(meant), secrets);
  }

  static SigningKey open(
      KeyReference reference, SubjectPublicKeyInfo certified, String whose, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    var key = open(reference, Optional.of(certified), secrets);
    if (!key.publicKey().equals(certified)) {
      key.close();
      throw new FormatException("private key", 0, "is not " + whose).in(reference.toString());
    }
    return key;
  }

  private static SigningKey open(
      KeyReference reference, Optional<SubjectPublicKeyInfo> certified, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    return switch (reference) {
      case KeyReference.KeyPath file -> KeyFile.read(file.path(), secrets);
      case KeyReference.Pkcs12 pkcs12 -> {
        try (var own = secrets.another("Passphrase of " + pkcs12.path())) {
          yield Pkcs12File.read(pkcs12.path(), pkcs12.alias(), own).key();
        }
      }
      case KeyReference.Pkcs11 token -> new Tokens(token.uri()).open(certified, secrets);
      case KeyReference.TpmFile tpm ->
          new Tpms(tpm, found -> as(certified, found), secrets).open(tpm);
      case KeyReference.TpmHandle tpm ->
          new Tpms(tpm, found -> as(certified, found), secrets).open(tpm);
    };
  }

  /**
   * Makes a new key where the reference says, and never in the place of another.
   *
   * @param secrets protects a new file or a TPM's new key, or opens the token that makes one; an
   *     empty authorization value leaves a TPM's key to whoever reaches the TPM
   */
  public static SigningKey generate(KeyReference reference, KeyType type, Passphrase secrets)
      throws IOException, FormatException, GeneralSecurityException {
    return switch (reference) {
      case KeyReference.KeyPath file -> {
        var key = SigningKey.generate(type);
        KeyFile.write(file.path(), key, KeyProtection.encrypted(secrets));
        yield key;
      }
      case KeyReference.Pkcs12 pkcs12 -> {
        var key = SigningKey.generate(type);
        try (var own = secrets.another("Passphrase of " + pkcs12.path())) {
          var entry = new Pkcs12File.Entry(pkcs12.alias().orElse(""), key, List.of());
          Pkcs12File.write(pkcs12.path(), entry, own);
        }
        yield key;
      }
      case KeyReference.Pkcs11 token -> new Tokens(token.uri()).generate(type, secrets);
      case KeyReference.TpmFile tpm ->
          new Tpms(tpm, found -> as(type.algorithm(), found), secrets).generate(tpm, type);
      case KeyReference.TpmHandle tpm ->
          new Tpms(tpm, found -> as(type.algorithm(), found), secrets).generate(tpm, type);
    };
  }

  /**
   * The public key as the certificate has it, where the two differ in the algorithm's name only.
   */
  static SubjectPublicKeyInfo as(
      Optional<SubjectPublicKeyInfo> certified, SubjectPublicKeyInfo found) {
    return certified.filter(key -> Arrays.equals(bits(key), bits(found))).orElse(found);
  }

  static SubjectPublicKeyInfo as(AlgorithmIdentifier algorithm, SubjectPublicKeyInfo found) {
    return new SubjectPublicKeyInfo(algorithm, bits(found));
  }

  private static byte[] bits(SubjectPublicKeyInfo key) {
    return key.getPublicKeyData().getOctets();
  }
}
