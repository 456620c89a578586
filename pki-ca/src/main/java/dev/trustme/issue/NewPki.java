// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.json.Json;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.profile.Profile;
import dev.trustme.profile.Use;
import dev.trustme.secureboot.SecureBootSet;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/** A PKI in the making: every key and certificate of a profile, first in memory, then written. */
public final class NewPki implements AutoCloseable {
  private static final String PK = "PK";
  private static final String KEK = "KEK";

  private final Profile profile;
  private final Instant at;
  private final UUID owner;
  private final Map<String, SigningKey> keys = new ConcurrentHashMap<>();
  private final Map<String, List<X509CertificateHolder>> chains = new LinkedHashMap<>();

  private NewPki(Profile profile, Instant at) {
    this.profile = profile;
    this.at = at;
    this.owner = profile.secureBoot().owner().orElseGet(UUID::randomUUID);
  }

  /** Makes all keys and issues all certificates, valid from {@code at}. */
  public static NewPki create(Profile profile, Instant at) throws GeneralSecurityException {
    var pki = new NewPki(profile, at);
    pki.generateKeys();
    for (String name : profile.authorities().keySet()) {
      pki.issueAuthority(name);
    }
    for (var role : profile.roles().entrySet()) {
      pki.issueRole(role.getKey(), role.getValue());
    }
    pki.issuePlatformKey(PK, profile.secureBoot().pk());
    pki.issuePlatformKey(KEK, profile.secureBoot().kek());
    return pki;
  }

  private void generateKeys() {
    Map<String, KeyType> types = new LinkedHashMap<>();
    profile.authorities().forEach((name, authority) -> types.put(name, authority.key()));
    profile.roles().forEach((name, role) -> types.put(name, role.key()));
    types.put(PK, profile.secureBoot().pk().key());
    types.put(KEK, profile.secureBoot().kek().key());
    types.entrySet().parallelStream()
        .forEach(e -> keys.put(e.getKey(), SigningKey.generate(e.getValue())));
  }

  private List<X509CertificateHolder> issueAuthority(String name) throws GeneralSecurityException {
    var known = chains.get(name);
    if (known != null) {
      return known;
    }
    var authority = requireNonNull(profile.authorities().get(name), name);
    var plan =
        new CertificatePlan(
            subject(authority.commonName().orElse(name)),
            publicKey(name),
            Validity.years(at, authority.years()),
            new Kind.Authority(authority.pathLength()));
    return authority.issuer().isEmpty()
        ? keep(name, List.of(Issuer.selfSigned(plan, key(name))))
        : issue(name, authority.issuer().get(), plan);
  }

  private void issueRole(String name, Profile.RoleKey role) throws GeneralSecurityException {
    issue(
        name,
        role.issuer(),
        new CertificatePlan(
            subject(name),
            publicKey(name),
            Validity.years(at, role.years()),
            new Kind.EndEntity(Use.purposes(role.use()), Optional.empty())));
  }

  private void issuePlatformKey(String name, Profile.PlatformKey platformKey)
      throws GeneralSecurityException {
    var plan =
        new CertificatePlan(
            subject(name),
            publicKey(name),
            Validity.years(at, platformKey.years()),
            new Kind.EndEntity(List.of(), Optional.empty()));
    keep(name, List.of(Issuer.selfSigned(plan, key(name))));
  }

  private List<X509CertificateHolder> issue(String name, String issuer, CertificatePlan plan)
      throws GeneralSecurityException {
    var above = issueAuthority(issuer);
    List<X509CertificateHolder> chain = new ArrayList<>();
    chain.add(Issuer.of(above.getFirst(), key(issuer)).issue(plan));
    chain.addAll(above);
    return keep(name, chain);
  }

  private List<X509CertificateHolder> keep(String name, List<X509CertificateHolder> chain) {
    chains.put(name, List.copyOf(chain));
    return chain;
  }

  private X500Name subject(String commonName) {
    return new X500NameBuilder()
        .addRDN(BCStyle.C, profile.subject().country())
        .addRDN(BCStyle.O, profile.subject().organization())
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  private SubjectPublicKeyInfo publicKey(String name) {
    return key(name).publicKey();
  }

  private SigningKey key(String name) {
    return requireNonNull(keys.get(name), name);
  }

  private X509CertificateHolder certificate(String name) {
    return requireNonNull(chains.get(name), name).getFirst();
  }

  /**
   * Fills an empty folder that nobody uses yet: nothing is synced here. The profile's text is kept
   * as it was given.
   */
  public void write(Path folder, Bytes profileText, KeyProtection protection)
      throws IOException, GeneralSecurityException, FormatException {
    for (String part : List.of("certs", "chains", "keys", PkiFolder.SECURE_BOOT)) {
      Files.createDirectory(folder.resolve(part));
    }
    for (String name : chains.keySet()) {
      writePem(folder.resolve(certificateFile(name)), List.of(certificate(name)));
      writePrivate(folder.resolve(keyFile(name)), KeyFile.encode(key(name), protection));
    }
    for (String role : profile.roles().keySet()) {
      var chain = requireNonNull(chains.get(role));
      writePem(folder.resolve(chainFile(role)), chain.subList(0, chain.size() - 1));
    }
    secureBootSet().write(folder.resolve(PkiFolder.SECURE_BOOT));
    Files.write(folder.resolve(PkiFolder.PROFILE), profileText.toArray());
    Files.write(folder.resolve(PkiFolder.INDEX), Json.writePretty(index()).toArray());
    new SigningLog(folder.resolve(PkiFolder.LOG)).append(at, events());
  }

  private static void writePem(Path file, List<X509CertificateHolder> certificates)
      throws IOException {
    Files.writeString(file, Certificates.pem(certificates));
  }

  private static void writePrivate(Path file, Bytes content) throws IOException {
    Files.createFile(file, PosixFilePermissions.asFileAttribute(Outputs.PRIVATE));
    Files.write(file, content.toArray());
  }

  private SecureBootSet secureBootSet() {
    return new SecureBootSet(
        new EfiGuid(owner),
        at,
        new VariableSigner(certificate(PK), key(PK)),
        new VariableSigner(certificate(KEK), key(KEK)),
        profile.secureBoot().db().stream().map(this::certificate).toList());
  }

  private PkiIndex index() {
    Map<String, PkiIndex.Item> authorities = new LinkedHashMap<>();
    for (String name : profile.authorities().keySet()) {
      authorities.put(name, item(name));
    }
    Map<String, PkiIndex.RoleItem> roles = new LinkedHashMap<>();
    for (String role : profile.roles().keySet()) {
      roles.put(role, new PkiIndex.RoleItem(chainFile(role), keyFile(role)));
    }
    return new PkiIndex(
        PkiIndex.SCHEMA, at, authorities, roles, new PkiIndex.Platform(owner, item(PK), item(KEK)));
  }

  private List<Event> events() {
    return chains.values().stream()
        .map(List::getFirst)
        .map(c ->
            new Event(
                "issue", c.getSubject().toString(), Certificates.fingerprint(c), Optional.empty()))
        .toList();
  }

  private static PkiIndex.Item item(String name) {
    return new PkiIndex.Item(certificateFile(name), keyFile(name));
  }

  private static String certificateFile(String name) {
    return "certs/" + name + ".pem";
  }

  private static String chainFile(String name) {
    return "chains/" + name + ".pem";
  }

  private static String keyFile(String name) {
    return "keys/" + name + ".pem";
  }

  @Override
  public void close() {
    keys.values().forEach(SigningKey::close);
  }
}
