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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Private keys with their certificates in a PKCS#12 file, RFC 7292: keys and certificates encrypted
 * by PBES2, the whole under a MAC. Older encryptions (RC2, Triple-DES) are refused.
 */
public final class Pkcs12File {
  private static final int MAX_BYTES = 1 << 20;

  private Pkcs12File() {}

  /**
   * A private key of the file; closed by the caller.
   *
   * @param alias its friendlyName, or an empty text
   * @param chain the certificates from the key's own upwards, as far as the file has them
   */
  public record Entry(String alias, SigningKey key, List<X509CertificateHolder> chain) {
    public Entry {
      chain = List.copyOf(chain);
    }
  }

  /**
   * The key of this alias; without an alias the file must hold exactly one key.
   *
   * @throws GeneralSecurityException where the passphrase is wrong
   */
  public static Entry read(Path file, Optional<String> alias, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    Bytes content = Inputs.read(file, MAX_BYTES);
    try {
      return select(parse(content, passphrase, file.toString()), alias, file.toString());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static Entry select(List<Entry> entries, Optional<String> alias, String name)
      throws IOException {
    var matching = entries.stream().filter(e -> alias.map(e.alias::equals).orElse(true)).toList();
    entries.stream()
        .filter(e -> matching.size() != 1 || e != matching.getFirst())
        .forEach(e -> e.key.close());
    if (matching.size() == 1) {
      return matching.getFirst();
    }
    var aliases = entries.stream().map(Entry::alias).toList();
    throw new IOException(
        matching.isEmpty()
            ? "%s: no such private key; it has: %s".formatted(name, aliases)
            : "%s: several private keys, name one by ?alias=: %s".formatted(name, aliases));
  }

  /** All private keys of the file. */
  static List<Entry> parse(Bytes content, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    try (var contents = Pkcs12Reader.read(content, passphrase, name)) {
      List<Entry> entries = new ArrayList<>();
      for (var bag : contents.keys()) {
        entries.add(
            new Entry(
                bag.alias(), bag.key(), chain(bag.key().publicKey(), contents.certificates())));
      }
      contents.handedOver();
      return entries;
    }
  }

  private static List<X509CertificateHolder> chain(
      SubjectPublicKeyInfo key, List<X509CertificateHolder> all) {
    List<X509CertificateHolder> chain = new ArrayList<>();
    var next = all.stream().filter(c -> c.getSubjectPublicKeyInfo().equals(key)).findFirst();
    while (next.isPresent()) {
      var last = next.get();
      chain.add(last);
      next =
          all.stream()
              .filter(c -> !chain.contains(c) && c.getSubject().equals(last.getIssuer()))
              .findFirst();
    }
    return chain;
  }

  /** Writes one key, for the owner alone to read; a file that exists stays. */
  public static void write(Path file, Entry entry, Passphrase passphrase)
      throws IOException, GeneralSecurityException {
    Outputs.write(file, encode(entry, passphrase), Outputs.PRIVATE, false);
  }

  /**
   * The file's content. keytool shows only keys with a certificate; a chain may be empty though.
   */
  public static Bytes encode(Entry entry, Passphrase passphrase)
      throws IOException, GeneralSecurityException {
    return Pkcs12Writer.encode(entry, passphrase);
  }
}
