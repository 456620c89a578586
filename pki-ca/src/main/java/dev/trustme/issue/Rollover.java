// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A new key and certificate for an authority, under the same name. What is below it stays valid
 * under the old key; new certificates come from the new one. A root's two keys certify each other,
 * RFC 4210, 4.4: {@code links/NAME.new-with-old.pem} leads who trusts only the old root to the new
 * one, {@code links/NAME.old-with-new.pem} the other way round.
 *
 * @param certificate of the new generation
 * @param links old with new, new with old; none for an authority that another one certifies
 */
public record Rollover(
    String name, X509CertificateHolder certificate, List<X509CertificateHolder> links) {
  public static final String FOLDER = "links";

  public Rollover {
    links = List.copyOf(links);
  }

  /** Makes the next generation, of a new key in the folder, and puts it on record. */
  public static Rollover make(PkiSession session, String authority)
      throws IOException, FormatException, GeneralSecurityException {
    return make(session, authority, Optional.empty());
  }

  /** The same with a key that is held elsewhere, where one is given. */
  public static Rollover make(PkiSession session, String authority, Optional<HeldKey> held)
      throws IOException, FormatException, GeneralSecurityException {
    var profile = session.profile();
    var old = Generation.of(session.folder(), authority).getLast();
    var planned = profile.authorities().get(authority);
    if (planned == null) {
      throw new FormatException("profile", 0, "names no authority '%s'".formatted(authority));
    }
    String name = session.transaction().index().nextName(authority);
    try (var key = NextKey.of(session, name, planned.key(), held)) {
      var plan =
          new ProfilePlans(profile).authority(authority, key.key().publicKey(), session.at());
      var next = new Successor(plan, old, name, key.key());
      var above = planned.issuer();
      var made =
          above.isEmpty()
              ? root(session, next)
              : sub(session, next, Generation.current(session.folder(), above.get(), session.at()));
      write(session.transaction(), made, authority, key.reference());
      return made;
    }
  }

  /** The key that takes the place of another. */
  private record Successor(CertificatePlan plan, Generation old, String name, SigningKey key) {}

  private static Rollover root(PkiSession session, Successor next)
      throws IOException, FormatException, GeneralSecurityException {
    var certificate = session.selfSigned(next.plan(), next.key());
    var old = next.old();
    if (!old.lives(session.at())) {
      return new Rollover(next.name(), certificate, List.of());
    }
    try (var oldKey = old.open(session.folder(), session.passphrase())) {
      var oldWithNew = LinkCertificate.of(old.certificate(), certificate, next.key(), session.at());
      var newWithOld = LinkCertificate.of(certificate, old.certificate(), oldKey, session.at());
      session.record(List.of(oldWithNew), certificate);
      session.record(List.of(newWithOld), old.certificate());
      return new Rollover(next.name(), certificate, List.of(oldWithNew, newWithOld));
    }
  }

  private static Rollover sub(PkiSession session, Successor next, Generation above)
      throws IOException, FormatException, GeneralSecurityException {
    return new Rollover(next.name(), session.issue(above, next.plan()), List.of());
  }

  private static void write(
      PkiTransaction transaction, Rollover made, String authority, String key) {
    String file = PkiFolder.certificateFile(made.name());
    transaction
        .put(file, RoleIssue.pem(List.of(made.certificate())))
        .index(transaction.index().withAuthority(authority, new PkiIndex.Item(file, key)));
    if (!made.links().isEmpty()) {
      transaction
          .put(made.oldWithNew(), RoleIssue.pem(made.links().subList(0, 1)))
          .put(made.newWithOld(), RoleIssue.pem(made.links().subList(1, 2)));
    }
  }

  /** The file of the link that certifies the old key with the new one. */
  public String oldWithNew() {
    return "%s/%s.old-with-new.pem".formatted(FOLDER, name);
  }

  /** The file of the link that certifies the new key with the old one. */
  public String newWithOld() {
    return "%s/%s.new-with-old.pem".formatted(FOLDER, name);
  }
}
