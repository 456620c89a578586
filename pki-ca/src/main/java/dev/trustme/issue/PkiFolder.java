// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.key.KeyFile;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.cert.X509CertificateHolder;

/** A PKI folder as {@code pki init} wrote it: resolves a role to its chain and key. */
public final class PkiFolder {
  static final String INDEX = "pki.json";
  static final String PROFILE = "profile.yaml";
  static final String LOG = "log.jsonl";
  static final String SECURE_BOOT = "secure-boot";
  private static final int MAX_BYTES = 1 << 20;

  private final Path folder;
  private final PkiIndex index;

  private PkiFolder(Path folder, PkiIndex index) {
    this.folder = folder;
    this.index = index;
  }

  public static PkiFolder open(Path folder) throws IOException, FormatException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": is no PKI folder; 'trustme pki init -o DIR' makes one");
    }
    Path file = folder.resolve(INDEX);
    if (!Files.exists(file)) {
      throw new IOException(folder + ": is no PKI folder: it has no " + INDEX);
    }
    try {
      return new PkiFolder(folder, PkiIndex.parse(Inputs.read(file, MAX_BYTES)));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  public Path path() {
    return folder;
  }

  public Instant created() {
    return index.created();
  }

  /** Names of the authorities, in the profile's order. */
  public Set<String> authorities() {
    return index.authorities().keySet();
  }

  /** Labels of the roles that have a key, in the profile's order. */
  public Set<String> roles() {
    return index.roles().keySet();
  }

  /** The SignatureOwner GUID of the Secure Boot set. */
  public UUID owner() {
    return index.secureBoot().owner();
  }

  public Profile profile() throws IOException, FormatException {
    Path file = folder.resolve(PROFILE);
    try {
      return Profile.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  public SigningLog log() {
    return new SigningLog(folder.resolve(LOG));
  }

  /** The role's chain: leaf first, then its issuers, without the root. */
  public List<X509CertificateHolder> chain(Role role) throws IOException, FormatException {
    return certificates(item(role).chain());
  }

  /** The role's key, which the chain's leaf certifies. */
  public SigningKey key(Role role, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key(item(role).key(), chain(role).getFirst(), passphrase);
  }

  /** The certificate of an authority. */
  public X509CertificateHolder authority(String name) throws IOException, FormatException {
    return certificates(authorityItem(name).certificate()).getFirst();
  }

  /** The key of an authority. */
  public SigningKey authorityKey(String name, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key(authorityItem(name).key(), authority(name), passphrase);
  }

  public X509CertificateHolder platformKey() throws IOException, FormatException {
    return certificates(index.secureBoot().pk().certificate()).getFirst();
  }

  public X509CertificateHolder keyExchangeKey() throws IOException, FormatException {
    return certificates(index.secureBoot().kek().certificate()).getFirst();
  }

  private SigningKey key(String name, X509CertificateHolder certificate, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    Path file = folder.resolve(name);
    var key = KeyFile.read(file, passphrase);
    if (!key.publicKey().equals(certificate.getSubjectPublicKeyInfo())) {
      key.close();
      throw new FormatException("private key", 0, "is not the key of " + certificate.getSubject())
          .in(file.toString());
    }
    return key;
  }

  private List<X509CertificateHolder> certificates(String name)
      throws IOException, FormatException {
    Path file = folder.resolve(name);
    try {
      return Certificates.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private PkiIndex.RoleItem item(Role role) throws FormatException {
    var item = index.roles().get(role.label());
    if (item == null) {
      throw missing("role '%s'; it has: %s".formatted(role.label(), String.join(", ", roles())));
    }
    return item;
  }

  private PkiIndex.Item authorityItem(String name) throws FormatException {
    var item = index.authorities().get(name);
    if (item == null) {
      throw missing("authority '%s'; it has: %s".formatted(name, String.join(", ", authorities())));
    }
    return item;
  }

  private FormatException missing(String what) {
    return new FormatException("PKI index", 0, "has no " + what)
        .in(folder.resolve(INDEX).toString());
  }

  /** A file of the Secure Boot set, for example {@code db.esl}. */
  public Path secureBootFile(String name) {
    return folder.resolve(SECURE_BOOT).resolve(name);
  }
}
