// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiIndex;
import dev.trustme.issue.PkiTransaction;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.lint.Finding;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Takes keys and certificates from elsewhere into a PKI folder: all of them or none, and nothing in
 * the place of another unless that was said; the one before is then kept as an earlier generation.
 */
public final class Importer {
  /** Behind a role's name: the root of its chain, where no authority of the folder is it. */
  static final String ROOT = "-root";

  private final PkiTransaction transaction;
  private final KeyEncoder keys;
  private final boolean supersede;
  private final Instant at;
  private final ImportCheck check;
  private final Map<String, List<X509CertificateHolder>> taken = new LinkedHashMap<>();

  /** Makes the content of a key file of the folder. */
  @FunctionalInterface
  public interface KeyEncoder {
    Bytes encode(SigningKey key) throws IOException, GeneralSecurityException;
  }

  public Importer(PkiTransaction transaction, KeyEncoder keys, Rules rules, Instant at)
      throws IOException, FormatException {
    this.transaction = transaction;
    this.keys = keys;
    this.supersede = rules.supersede();
    this.at = at;
    this.check = new ImportCheck(Issuers.of(transaction.folder()), rules.acceptance(), at);
  }

  /** What the caller allows. */
  public record Rules(Acceptance acceptance, boolean supersede) {}

  /** A role's key and its certificate, with its issuers up to the root. */
  public void role(Role role, ForeignCredential credential)
      throws IOException, FormatException, GeneralSecurityException {
    requireFree(role.label(), transaction.index().roles().containsKey(role.label()));
    var path = check.path("role " + role.label(), credential, Optional.of(role));
    check.require();
    String name = transaction.index().nextName(role.label());
    var root = path.getLast();
    var chain = Bundle.CHAIN.of(path);
    put(name, credential);
    transaction.put(PkiFolder.chainFile(name), pem(chain));
    if (path.size() > 1 && !known(root)) {
      transaction.put(PkiFolder.certificateFile(name + ROOT), pem(List.of(root)));
    }
    transaction.index(
        transaction
            .index()
            .withRole(
                role.label(),
                new PkiIndex.RoleItem(PkiFolder.chainFile(name), PkiFolder.keyFile(name))));
    taken.put(role.label(), path);
  }

  private boolean known(X509CertificateHolder root) throws IOException, FormatException {
    return Issuers.of(transaction.folder()).known().contains(root)
        || taken.values().stream().anyMatch(path -> path.getFirst().equals(root));
  }

  /** An authority's key and certificate; its issuers must be known, or come with it. */
  public void authority(String name, ForeignCredential credential)
      throws IOException, FormatException, GeneralSecurityException {
    requireFree(name, transaction.index().authorities().containsKey(name));
    var path = check.path("authority " + name, credential, Optional.empty());
    check.require();
    String file = transaction.index().nextName(name);
    put(file, credential);
    transaction.index(transaction.index().withAuthority(name, item(file)));
    taken.put(name, path);
  }

  private static PkiIndex.Item item(String file) {
    return new PkiIndex.Item(PkiFolder.certificateFile(file), PkiFolder.keyFile(file));
  }

  private void requireFree(String name, boolean held) {
    if (held && !supersede) {
      check.refuse(
          "'%s' has a key already; --supersede keeps that as an earlier generation"
              .formatted(name));
    }
  }

  /** UEFI's keys, which certify themselves, and what db admits beside them. */
  public void platform(PlatformImport platform)
      throws IOException, FormatException, GeneralSecurityException {
    requireFree("PK", transaction.index().secureBoot().isPresent());
    check.path("PK", platform.pk(), Optional.empty());
    check.path("KEK", platform.kek(), Optional.empty());
    check.require();
    String pk = transaction.index().nextName(PkiIndex.PK);
    String kek = transaction.index().nextName(PkiIndex.KEK);
    put(pk, platform.pk());
    put(kek, platform.kek());
    for (var file : platform.files(at).entrySet()) {
      transaction.put("secure-boot/" + file.getKey(), file.getValue());
    }
    transaction.index(
        transaction
            .index()
            .withSecureBoot(new PkiIndex.Platform(platform.owner(), item(pk), item(kek))));
    taken.put("PK", List.of(platform.pk().certificate()));
    taken.put("KEK", List.of(platform.kek().certificate()));
  }

  private void put(String name, ForeignCredential credential)
      throws IOException, GeneralSecurityException {
    transaction
        .put(PkiFolder.certificateFile(name), pem(List.of(credential.certificate())))
        .putPrivate(PkiFolder.keyFile(name), keys.encode(credential.key()));
  }

  private static Bytes pem(List<X509CertificateHolder> certificates) {
    return Bytes.utf8(Certificates.pem(certificates));
  }

  /** Puts into the log what was taken, and which findings were accepted for it. */
  public void log() {
    for (var path : taken.values()) {
      transaction.log(Event.about("import", path.getFirst()));
    }
    for (var entry : check.accepted().entrySet()) {
      for (Finding finding : entry.getValue()) {
        transaction.log(Event.accepted(finding, entry.getKey()));
      }
    }
  }

  /** Names of the places that were filled. */
  public List<String> taken() {
    return List.copyOf(taken.keySet());
  }

  /** Findings that were accepted, in words. */
  public List<String> accepted() {
    List<String> words = new ArrayList<>();
    check
        .accepted()
        .forEach((certificate, findings) ->
            findings.forEach(f -> words.add(certificate.getSubject() + ": " + f)));
    return words;
  }
}
