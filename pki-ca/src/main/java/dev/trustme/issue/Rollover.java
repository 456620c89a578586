// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /** Makes the next generation and records it in the transaction. */
  public static Rollover make(
      PkiTransaction transaction, String authority, Passphrase passphrase, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = transaction.folder();
    var profile = folder.profile();
    var old = Generation.of(folder, authority).getLast();
    var planned = profile.authorities().get(authority);
    if (planned == null) {
      throw new FormatException("profile", 0, "names no authority '%s'".formatted(authority));
    }
    String name = transaction.index().nextName(authority);
    try (var key = SigningKey.generate(planned.key())) {
      var encoded = NewKeys.in(folder, passphrase).encode(key);
      var plan = new ProfilePlans(profile).authority(authority, key.publicKey(), at);
      var next = new Successor(plan, old, name, key);
      var above = planned.issuer();
      var made =
          above.isEmpty()
              ? root(transaction, next, passphrase, at)
              : sub(transaction, next, Generation.current(folder, above.get(), at), passphrase);
      record(transaction, authority, made);
      transaction.putPrivate(PkiFolder.keyFile(name), encoded);
      return made;
    }
  }

  /** The key that takes the place of another. */
  private record Successor(CertificatePlan plan, Generation old, String name, SigningKey key) {}

  private static Rollover root(
      PkiTransaction transaction, Successor next, Passphrase passphrase, Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var certificate = Issuer.selfSigned(next.plan(), next.key());
    var old = next.old();
    if (!old.lives(at)) {
      return new Rollover(next.name(), certificate, List.of());
    }
    try (var oldKey = old.open(transaction.folder(), passphrase)) {
      return new Rollover(
          next.name(),
          certificate,
          List.of(
              LinkCertificate.of(old.certificate(), certificate, next.key(), at),
              LinkCertificate.of(certificate, old.certificate(), oldKey, at)));
    }
  }

  private static Rollover sub(
      PkiTransaction transaction, Successor next, Generation above, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    try (var issuerKey = above.open(transaction.folder(), passphrase)) {
      var issuer = above.issuer(issuerKey);
      var plan = next.plan();
      return new Rollover(
          next.name(), issuer.issue(plan.within(issuer.within(plan.validity()))), List.of());
    }
  }

  private static void record(PkiTransaction transaction, String authority, Rollover made) {
    String file = PkiFolder.certificateFile(made.name());
    List<X509CertificateHolder> issued = new ArrayList<>(List.of(made.certificate()));
    issued.addAll(made.links());
    transaction
        .put(file, RoleIssue.pem(List.of(made.certificate())))
        .index(
            transaction
                .index()
                .withAuthority(authority, new PkiIndex.Item(file, PkiFolder.keyFile(made.name()))))
        .issued(issued)
        .log(issued.stream().map(RoleIssue::event).toArray(SigningLog.Event[]::new));
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
