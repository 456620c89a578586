// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The next generation of a role: a new key, or the same key with a new certificate. What it takes
 * the place of is kept and listed as superseded; it stays valid until it ends or is revoked.
 */
public final class RoleIssue {
  private final PkiTransaction transaction;
  private final Passphrase passphrase;
  private final Instant at;
  private final Profile profile;

  public RoleIssue(PkiTransaction transaction, Passphrase passphrase, Instant at)
      throws IOException, FormatException {
    this.transaction = transaction;
    this.passphrase = passphrase;
    this.at = at;
    this.profile = transaction.folder().profile();
  }

  /** Where the key of the next generation comes from. */
  public enum Key {
    /** A new one, in the folder. */
    NEW,
    /** The one before. */
    KEPT
  }

  /** Issues for the role and records it in the transaction; returns the new certificate. */
  public X509CertificateHolder issue(Role role, Key source)
      throws IOException, FormatException, GeneralSecurityException {
    var plan =
        profile
            .role(role)
            .orElseThrow(() ->
                new FormatException("profile", 0, "names no role '%s'".formatted(role.label())));
    return switch (source) {
      case KEPT -> kept(role, plan);
      case NEW -> fresh(role, plan);
    };
  }

  private X509CertificateHolder fresh(Role role, Profile.RoleKey plan)
      throws IOException, FormatException, GeneralSecurityException {
    String name = transaction.index().nextName(role.label());
    String file = PkiFolder.keyFile(name);
    try (var key = SigningKey.generate(plan.key())) {
      var encoded = NewKeys.in(transaction.folder(), passphrase).encode(key);
      transaction.putPrivate(file, encoded);
      return issue(role, plan.issuer(), key.publicKey(), file);
    }
  }

  private X509CertificateHolder kept(Role role, Profile.RoleKey plan)
      throws IOException, FormatException, GeneralSecurityException {
    var item = transaction.index().roles().get(role.label());
    if (item == null) {
      throw new FormatException(
          "PKI index", 0, "has no key of role '%s' to keep".formatted(role.label()));
    }
    var leaf = transaction.folder().chain(role).getFirst();
    return issue(role, plan.issuer(), leaf.getSubjectPublicKeyInfo(), item.key());
  }

  private X509CertificateHolder issue(
      Role role, String authority, SubjectPublicKeyInfo publicKey, String key)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = transaction.folder();
    var generation = Generation.current(folder, authority, at);
    var planned = new ProfilePlans(profile).role(role, publicKey, at);
    X509CertificateHolder certificate;
    try (var issuerKey = generation.open(folder, passphrase)) {
      var issuer = generation.issuer(issuerKey);
      certificate = issuer.issue(planned.within(issuer.within(planned.validity())));
    }
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(certificate));
    var above = folder.authorityChain(authority);
    chain.addAll(above.subList(0, above.size() - 1));
    String name = transaction.index().nextName(role.label());
    transaction
        .put(PkiFolder.certificateFile(name), pem(List.of(certificate)))
        .put(PkiFolder.chainFile(name), pem(chain))
        .index(
            transaction
                .index()
                .withRole(role.label(), new PkiIndex.RoleItem(PkiFolder.chainFile(name), key)))
        .issued(List.of(certificate))
        .log(event(certificate));
    return certificate;
  }

  /** What the log says of a certificate that was issued. */
  public static Event event(X509CertificateHolder certificate) {
    return new Event(
        "issue",
        certificate.getSubject().toString(),
        Certificates.fingerprint(certificate),
        Optional.empty());
  }

  static Bytes pem(List<X509CertificateHolder> certificates) {
    return Bytes.utf8(Certificates.pem(certificates));
  }
}
