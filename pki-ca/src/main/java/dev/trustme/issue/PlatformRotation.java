// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.profile.Profile;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.VariableSigner;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The next PK or KEK of a PKI folder. Machines with the old key learn the new one by an update that
 * the key above signs: KEK.auth by PK, and PK.new-with-old.auth by the old PK, while PK.auth, by
 * the new key itself, is for machines in setup mode. What the old key had signed is signed anew.
 * UEFI 2.10, 32.3.
 */
public final class PlatformRotation {
  /** In the folder {@code secure-boot/}: the new PK for machines that hold the old one. */
  public static final String NEW_WITH_OLD = PkiFolder.SECURE_BOOT + "/PK.new-with-old.auth";

  private final PkiSession session;
  private final Profile.SecureBoot planned;
  private final PkiIndex.Platform old;
  private final PlatformUpdate updates;

  public PlatformRotation(PkiSession session) throws IOException, FormatException {
    this.session = session;
    this.planned =
        session
            .profile()
            .secureBoot()
            .orElseThrow(() -> new FormatException("profile", 0, "plans no Secure Boot keys"));
    this.old =
        session
            .folder()
            .index()
            .secureBoot()
            .orElseThrow(() -> new FormatException("PKI index", 0, "has no Secure Boot set"));
    this.updates = new PlatformUpdate(session);
  }

  /** What the profile says of this variable's key. */
  public static Optional<Profile.PlatformKey> plan(Profile profile, SignatureVariable variable) {
    return profile.secureBoot().map(s -> variable == SignatureVariable.PK ? s.pk() : s.kek());
  }

  /**
   * A new key, and the files of the folder that bring it to machines.
   *
   * @param name of the generation
   */
  public record Made(String name, X509CertificateHolder certificate, List<String> files) {
    public Made {
      files = List.copyOf(files);
    }
  }

  /** The next PK; KEK is signed anew by it. */
  public Made pk(Optional<HeldKey> held)
      throws IOException, FormatException, GeneralSecurityException {
    String name = session.transaction().index().nextName(PkiIndex.PK);
    try (var key = NextKey.of(session, name, planned.pk().key(), held);
        var oldKey = session.folder().platformPrivateKey(session.passphrase())) {
      var certificate = certify(PkiIndex.PK, name, planned.pk(), key);
      var signer = new VariableSigner(certificate, key.key());
      var content = KeyDatabase.ofCertificates(owner(), List.of(certificate));
      var oldSigner = new VariableSigner(session.folder().platformKey(), oldKey);
      var bridge = updates.sign(updates.update(SignatureVariable.PK, content), oldSigner);
      session.transaction().put(NEW_WITH_OLD, bridge.encode());
      updates.set(SignatureVariable.PK, content, signer);
      updates.set(SignatureVariable.KEK, content(SignatureVariable.KEK), signer);
      replace(new PkiIndex.Platform(old.owner(), item(name, key), old.kek()));
      return new Made(name, certificate, List.of(NEW_WITH_OLD, auth("PK"), auth("KEK")));
    }
  }

  /**
   * The next KEK; db, dbx and what else KEK signs are signed anew by it.
   *
   * @param keepOld whether machines go on to believe the old one too
   */
  public Made kek(Optional<HeldKey> held, boolean keepOld)
      throws IOException, FormatException, GeneralSecurityException {
    String name = session.transaction().index().nextName(PkiIndex.KEK);
    try (var key = NextKey.of(session, name, planned.kek().key(), held)) {
      var certificate = certify(PkiIndex.KEK, name, planned.kek(), key);
      var current = content(SignatureVariable.KEK);
      var staying = keepOld ? current : without(current, session.folder().keyExchangeKey());
      var next = KeyDatabase.ofCertificates(owner(), List.of(certificate)).merge(staying);
      updates.set(SignatureVariable.KEK, next, Optional.empty());
      List<String> files = new ArrayList<>(List.of(auth("KEK")));
      var signer = new VariableSigner(certificate, key.key());
      for (var variable : SignatureVariable.values()) {
        if (variable.authenticated()
            && variable.authority() == SignatureVariable.KEK
            && session.folder().file(auth(variable.name())).isPresent()) {
          updates.set(variable, content(variable), signer);
          files.add(auth(variable.name()));
        }
      }
      replace(new PkiIndex.Platform(old.owner(), old.pk(), item(name, key)));
      return new Made(name, certificate, files);
    }
  }

  private X509CertificateHolder certify(
      String variable, String name, Profile.PlatformKey plan, NextKey key)
      throws IOException, FormatException, GeneralSecurityException {
    var plans = new ProfilePlans(session.profile());
    var certificate =
        session.selfSigned(
            plans.platform(variable, plan, key.key().publicKey(), session.at()), key.key());
    session.transaction().put(PkiFolder.certificateFile(name), RoleIssue.pem(List.of(certificate)));
    return certificate;
  }

  private static PkiIndex.Item item(String name, NextKey key) {
    return new PkiIndex.Item(PkiFolder.certificateFile(name), key.reference());
  }

  private void replace(PkiIndex.Platform platform) {
    session.transaction().index(session.transaction().index().withSecureBoot(platform));
  }

  private KeyDatabase content(SignatureVariable variable) throws IOException, FormatException {
    return PlatformUpdate.content(session.folder(), variable);
  }

  /** Whoever owns the entry. */
  private static KeyDatabase without(KeyDatabase database, X509CertificateHolder certificate) {
    Bytes der = Certificates.der(certificate);
    var gone = KeyDatabase.EMPTY;
    for (var entry : database.entries()) {
      if (entry.data().signatureData().equals(der)) {
        var owned = KeyDatabase.ofCertificates(entry.data().signatureOwner(), List.of(certificate));
        gone = gone.merge(owned);
      }
    }
    return database.without(gone);
  }

  private EfiGuid owner() {
    return new EfiGuid(old.owner());
  }

  private static String auth(String variable) {
    return "%s/%s.auth".formatted(PkiFolder.SECURE_BOOT, variable);
  }
}
