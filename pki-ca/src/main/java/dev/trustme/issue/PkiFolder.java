// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/** A PKI folder as {@code pki init} wrote it: resolves a role to its chain and key. */
public final class PkiFolder {
  static final String INDEX = "pki.json";
  static final String PROFILE = "profile.yaml";
  static final String LOG = "log.jsonl";
  static final String SECURE_BOOT = "secure-boot";
  static final String ISSUED = "issued";
  private static final int MAX_BYTES = 64 << 20;

  private final Path folder;
  private final PkiIndex index;

  private PkiFolder(Path folder, PkiIndex index) {
    this.folder = folder;
    this.index = index;
  }

  /** Opens the folder; completes a transaction that a crash interrupted. */
  public static PkiFolder open(Path folder) throws IOException, FormatException {
    if (Journal.exists(folder)) {
      FolderLock.acquire(folder).close();
    }
    return read(folder);
  }

  /** Begins a change of the folder: waits for other writers, and reads the folder anew. */
  public PkiTransaction begin() throws IOException, FormatException {
    var lock = FolderLock.acquire(folder);
    try {
      return new PkiTransaction(lock, read(folder));
    } catch (IOException | FormatException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static PkiFolder read(Path folder) throws IOException, FormatException {
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

  public PkiIndex index() {
    return index;
  }

  /** The SignatureOwner GUID of the Secure Boot set. */
  public UUID owner() throws FormatException {
    return platform().owner();
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

  /** The authority, its issuers in the generation that issued it, and last its root. */
  public List<X509CertificateHolder> authorityChain(String name)
      throws IOException, FormatException {
    var profile = profile();
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(authority(name)));
    var issuer = issuer(profile, name);
    while (issuer.isPresent() && chain.size() <= authorities().size()) {
      chain.add(issuerOf(chain.getLast(), issuer.get()));
      issuer = issuer(profile, issuer.get());
    }
    return List.copyOf(chain);
  }

  private static Optional<String> issuer(Profile profile, String name) {
    return Optional.ofNullable(profile.authorities().get(name)).flatMap(Profile.Authority::issuer);
  }

  /** The generation of the authority whose key identifier the certificate names. */
  private X509CertificateHolder issuerOf(X509CertificateHolder certificate, String name)
      throws IOException, FormatException {
    List<X509CertificateHolder> generations = new ArrayList<>(List.of(authority(name)));
    for (var old : index.superseded()) {
      if (old.name().equals(name)) {
        generations.add(superseded(old));
      }
    }
    var wanted = AuthorityKeyIdentifier.fromExtensions(certificate.getExtensions());
    for (var generation : generations) {
      var own = SubjectKeyIdentifier.fromExtensions(generation.getExtensions());
      if (wanted != null
          && own != null
          && Arrays.equals(wanted.getKeyIdentifierOctets(), own.getKeyIdentifier())) {
        return generation;
      }
    }
    throw missing("generation of '%s' that issued %s".formatted(name, certificate.getSubject()));
  }

  /** The OCSP responder that the authority delegated to. */
  public X509CertificateHolder responder(String authority) throws IOException, FormatException {
    return certificates(responderItem(authority).certificate()).getFirst();
  }

  public SigningKey responderKey(String authority, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key(responderItem(authority).key(), responder(authority), passphrase);
  }

  /** The certificate of UEFI's PK. */
  public X509CertificateHolder platformKey() throws IOException, FormatException {
    return certificates(platform().pk().certificate()).getFirst();
  }

  /** The certificate of UEFI's KEK. */
  public X509CertificateHolder keyExchangeKey() throws IOException, FormatException {
    return certificates(platform().kek().certificate()).getFirst();
  }

  /** The private key of UEFI's PK. */
  public SigningKey platformPrivateKey(Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key(platform().pk().key(), platformKey(), passphrase);
  }

  /** The private key of UEFI's KEK. */
  public SigningKey keyExchangePrivateKey(Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key(platform().kek().key(), keyExchangeKey(), passphrase);
  }

  /** The key of this file name or reference, which the certificate certifies. */
  SigningKey key(String name, X509CertificateHolder certificate, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return Keys.open(KeyReference.parse(name).in(folder), certificate, passphrase);
  }

  /** The content of a file of the folder, by its name relative to it. */
  public Optional<Bytes> file(String name) throws IOException {
    Journal.requireInside(name);
    Path file = folder.resolve(name);
    return Files.exists(file) ? Optional.of(Inputs.read(file)) : Optional.empty();
  }

  /** Names of the files directly in a folder of this folder; none where there is no such. */
  List<String> names(String prefix) throws IOException {
    Path inner = folder.resolve(prefix);
    if (!Files.isDirectory(inner)) {
      return List.of();
    }
    try (var files = Files.list(inner)) {
      return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
    }
  }

  /** What the transaction of this number issued, from 1 to the index's {@code issued}. */
  public List<X509CertificateHolder> issued(long number) throws IOException, FormatException {
    return certificates(issuedFile(number));
  }

  /** Every certificate that the PKI ever issued, in that order. */
  public CertificateSource issued() {
    return new IssuedCertificates(this);
  }

  /** The certificate that once held a place in the index. */
  public X509CertificateHolder superseded(PkiIndex.Superseded old)
      throws IOException, FormatException {
    return certificates(old.certificate()).getFirst();
  }

  /** Where the certificate, chain and key of this name, or of a generation of it, lie. */
  public static String certificateFile(String name) {
    return "certs/" + name + ".pem";
  }

  public static String chainFile(String name) {
    return "chains/" + name + ".pem";
  }

  public static String keyFile(String name) {
    return "keys/" + name + ".pem";
  }

  static String issuedFile(long number) {
    return "%s/%06d.pem".formatted(ISSUED, number);
  }

  List<X509CertificateHolder> certificates(String name) throws IOException, FormatException {
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

  private PkiIndex.Item responderItem(String authority) throws FormatException {
    var item = index.responders().get(authority);
    if (item == null) {
      throw missing("OCSP responder of authority '%s'".formatted(authority));
    }
    return item;
  }

  private PkiIndex.Platform platform() throws FormatException {
    return index.secureBoot().orElseThrow(() -> missing("Secure Boot set"));
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
