// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static dev.trustme.issue.PkiIndex.KEK;
import static dev.trustme.issue.PkiIndex.PK;
import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.json.Json;
import dev.trustme.key.DsseSigner;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.profile.Profile;
import dev.trustme.profile.RevocationPlan;
import dev.trustme.secureboot.SecureBootSet;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
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
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/** A PKI in the making: every key and certificate of a profile, first in memory, then written. */
public final class NewPki implements AutoCloseable {
  private final Profile profile;
  private final ProfilePlans plans;
  private final Instant at;
  private final Acceptance acceptance;
  private final UUID owner;
  private final Map<String, SigningKey> keys = new ConcurrentHashMap<>();
  private final Map<String, List<X509CertificateHolder>> chains = new LinkedHashMap<>();
  private final Map<String, String> references = new LinkedHashMap<>();

  private NewPki(Profile profile, Instant at, Acceptance acceptance) {
    this.profile = profile;
    this.acceptance = acceptance;
    this.plans = new ProfilePlans(profile);
    this.at = at;
    this.owner =
        profile.secureBoot().flatMap(Profile.SecureBoot::owner).orElseGet(UUID::randomUUID);
  }

  /** Makes all keys and issues all certificates, valid from {@code at}. */
  public static NewPki create(Profile profile, Instant at) throws GeneralSecurityException {
    return create(profile, at, Map.of(), Acceptance.NONE);
  }

  /**
   * The same with some authorities' and roles' keys, by name, held elsewhere, which are closed too.
   * Findings that are accepted come into the log.
   */
  public static NewPki create(
      Profile profile, Instant at, Map<String, HeldKey> held, Acceptance acceptance)
      throws GeneralSecurityException {
    var pki = new NewPki(profile, at, acceptance);
    held.forEach((name, key) -> {
      pki.keys.put(name, key.key());
      pki.references.put(name, key.reference());
    });
    pki.generateKeys();
    for (String name : profile.authorities().keySet()) {
      pki.issueAuthority(name);
    }
    for (var role : profile.roles().entrySet()) {
      String name = role.getKey();
      var plan = pki.plans.role(Role.byLabel(name).orElseThrow(), pki.publicKey(name), at);
      pki.issue(name, role.getValue().issuer(), plan);
    }
    for (String authority : responders(profile)) {
      String name = PkiIndex.responder(authority);
      pki.issue(name, authority, pki.plans.responder(authority, pki.publicKey(name), at));
    }
    if (profile.secureBoot().isPresent()) {
      pki.issuePlatformKey(PK, profile.secureBoot().get().pk());
      pki.issuePlatformKey(KEK, profile.secureBoot().get().kek());
    }
    return pki;
  }

  /** Authorities that delegate to an OCSP responder. */
  private static List<String> responders(Profile profile) {
    return profile.authorities().entrySet().stream()
        .filter(a -> responderKey(a.getValue()).isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Optional<KeyType> responderKey(Profile.Authority authority) {
    return authority.revocation().flatMap(RevocationPlan::ocspKey);
  }

  private void generateKeys() {
    Map<String, KeyType> types = new LinkedHashMap<>();
    profile
        .authorities()
        .forEach((name, authority) -> {
          types.put(name, authority.key());
          responderKey(authority).ifPresent(key -> types.put(PkiIndex.responder(name), key));
        });
    profile.roles().forEach((name, role) -> types.put(name, role.key()));
    profile
        .secureBoot()
        .ifPresent(secureBoot -> {
          types.put(PK, secureBoot.pk().key());
          types.put(KEK, secureBoot.kek().key());
        });
    types.keySet().removeAll(references.keySet());
    types.entrySet().parallelStream()
        .forEach(e -> keys.put(e.getKey(), SigningKey.generate(e.getValue())));
  }

  private List<X509CertificateHolder> issueAuthority(String name) throws GeneralSecurityException {
    var known = chains.get(name);
    if (known != null) {
      return known;
    }
    var issuer = requireNonNull(profile.authorities().get(name), name).issuer();
    var plan = plans.authority(name, publicKey(name), at);
    return issuer.isEmpty()
        ? keep(name, List.of(Issuer.selfSigned(plan, key(name), acceptance)))
        : issue(name, issuer.get(), plan);
  }

  private void issuePlatformKey(String name, Profile.PlatformKey platformKey)
      throws GeneralSecurityException {
    var plan = plans.platform(name, platformKey, publicKey(name), at);
    keep(name, List.of(Issuer.selfSigned(plan, key(name), acceptance)));
  }

  private List<X509CertificateHolder> issue(String name, String issuer, CertificatePlan plan)
      throws GeneralSecurityException {
    var above = issueAuthority(issuer);
    List<X509CertificateHolder> chain = new ArrayList<>();
    chain.add(Issuer.of(above.getFirst(), key(issuer)).issue(plan, acceptance));
    chain.addAll(above);
    return keep(name, chain);
  }

  private List<X509CertificateHolder> keep(String name, List<X509CertificateHolder> chain) {
    chains.put(name, List.copyOf(chain));
    return chain;
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
    for (String part : List.of("certs", "chains", "keys", PkiFolder.ISSUED)) {
      Files.createDirectory(folder.resolve(part));
    }
    for (String name : chains.keySet()) {
      writePem(folder.resolve(PkiFolder.certificateFile(name)), List.of(certificate(name)));
      if (!references.containsKey(name)) {
        writePrivate(folder.resolve(keyOf(name)), KeyFile.encode(key(name), protection));
      }
    }
    for (String role : profile.roles().keySet()) {
      var chain = requireNonNull(chains.get(role));
      writePem(folder.resolve(PkiFolder.chainFile(role)), chain.subList(0, chain.size() - 1));
    }
    if (profile.secureBoot().isPresent()) {
      Path secureBoot = Files.createDirectory(folder.resolve(PkiFolder.SECURE_BOOT));
      secureBootSet(profile.secureBoot().get()).write(secureBoot);
    }
    writePem(
        folder.resolve(PkiFolder.issuedFile(1)),
        chains.values().stream().map(List::getFirst).toList());
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

  private SecureBootSet secureBootSet(Profile.SecureBoot secureBoot) {
    return new SecureBootSet(
        new EfiGuid(owner),
        at,
        new VariableSigner(certificate(PK), key(PK)),
        new VariableSigner(certificate(KEK), key(KEK)),
        secureBoot.db().stream().map(this::certificate).toList());
  }

  private PkiIndex index() {
    Map<String, PkiIndex.Item> authorities = new LinkedHashMap<>();
    for (String name : profile.authorities().keySet()) {
      authorities.put(name, item(name));
    }
    Map<String, PkiIndex.RoleItem> roles = new LinkedHashMap<>();
    for (String role : profile.roles().keySet()) {
      roles.put(role, new PkiIndex.RoleItem(PkiFolder.chainFile(role), keyOf(role)));
    }
    Map<String, PkiIndex.Item> responders = new LinkedHashMap<>();
    for (String authority : responders(profile)) {
      responders.put(authority, item(PkiIndex.responder(authority)));
    }
    return new PkiIndex(
        PkiIndex.SCHEMA,
        at,
        authorities,
        roles,
        responders,
        profile.secureBoot().map(s -> new PkiIndex.Platform(owner, item(PK), item(KEK))),
        List.of(),
        1);
  }

  private List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (var chain : chains.values()) {
      var certificate = chain.getFirst();
      var issuer = chain.size() > 1 ? chain.get(1) : certificate;
      events.add(Event.issued("issue", certificate, issuer.getSubjectPublicKeyInfo()));
      acceptance
          .accepted(certificate, issuer)
          .forEach(finding -> events.add(Event.accepted(finding, certificate)));
    }
    return events;
  }

  /** Who signs statements for a role, where the profile has it. */
  public Optional<DsseSigner> signer(Role role) {
    return Optional.ofNullable(chains.get(role.label()))
        .map(chain -> new DsseSigner(key(role.label()), chain.subList(0, chain.size() - 1)));
  }

  private PkiIndex.Item item(String name) {
    return new PkiIndex.Item(PkiFolder.certificateFile(name), keyOf(name));
  }

  /** Where the key is: a file of the folder, or a reference. */
  private String keyOf(String name) {
    return references.getOrDefault(name, PkiFolder.keyFile(name));
  }

  @Override
  public void close() {
    keys.values().forEach(SigningKey::close);
  }
}
