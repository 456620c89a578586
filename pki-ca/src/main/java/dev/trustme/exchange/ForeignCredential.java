// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Passphrase;
import dev.trustme.key.Pkcs12File;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** A key from elsewhere and the certificates that came with it, the key's own first. */
public final class ForeignCredential implements AutoCloseable {
  private static final int MAX_BYTES = 1 << 20;

  private final List<X509CertificateHolder> certificates;
  private final SigningKey key;

  private ForeignCredential(List<X509CertificateHolder> certificates, SigningKey key) {
    this.certificates = List.copyOf(certificates);
    this.key = key;
  }

  /**
   * The key of one file and the certificates of others; one of them must be the key's own.
   *
   * @throws GeneralSecurityException where the passphrase is wrong, or no certificate is the key's
   */
  public static ForeignCredential read(
      Path keyFile, Collection<Path> certificateFiles, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    List<X509CertificateHolder> found = new ArrayList<>();
    for (Path file : certificateFiles) {
      found.addAll(certificates(file));
    }
    return own(key(keyFile, passphrase), found, keyFile);
  }

  private static ForeignCredential own(
      SigningKey key, List<X509CertificateHolder> found, Path keyFile)
      throws GeneralSecurityException {
    for (var certificate : found) {
      if (certificate.getSubjectPublicKeyInfo().equals(key.publicKey())) {
        found.remove(certificate);
        found.addFirst(certificate);
        return new ForeignCredential(found, key);
      }
    }
    key.close();
    throw new GeneralSecurityException(
        "%s: none of the %d certificates given is of this key".formatted(keyFile, found.size()));
  }

  /**
   * A key of a PKCS#12 file with the certificates beside it, and those of other files.
   *
   * @throws GeneralSecurityException where the passphrase is wrong, or no certificate is the key's
   */
  public static ForeignCredential read(
      KeyReference.Pkcs12 file, Collection<Path> certificateFiles, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    List<X509CertificateHolder> found = new ArrayList<>();
    for (Path each : certificateFiles) {
      found.addAll(certificates(each));
    }
    var entry = Pkcs12File.read(file.path(), file.alias(), passphrase);
    found.addAll(entry.chain());
    return own(entry.key(), found, file.path());
  }

  /** All certificates of a file. */
  static List<X509CertificateHolder> certificates(Path file) throws IOException, FormatException {
    try {
      return ForeignPem.parse(Inputs.read(file, MAX_BYTES)).certificates();
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static SigningKey key(Path file, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      var pem = ForeignPem.parse(Inputs.read(file, MAX_BYTES)).key();
      return KeyFile.parse(pem, passphrase, file.toString());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  public X509CertificateHolder certificate() {
    return certificates.getFirst();
  }

  /** The key's certificate first. */
  public List<X509CertificateHolder> certificates() {
    return certificates;
  }

  public SigningKey key() {
    return key;
  }

  @Override
  public void close() {
    key.close();
  }
}
