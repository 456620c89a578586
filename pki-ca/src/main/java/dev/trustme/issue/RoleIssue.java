// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.profile.Profile;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.security.GeneralSecurityException;
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
  private final PkiSession session;
  private final Profile profile;

  public RoleIssue(PkiSession session) throws IOException, FormatException {
    this.session = session;
    this.profile = session.profile();
  }

  /** A certificate for a new key in the folder; what was issued is on record. */
  public X509CertificateHolder issue(Role role)
      throws IOException, FormatException, GeneralSecurityException {
    return issue(role, Optional.empty());
  }

  /** The same for a key that is held elsewhere, where one is given. */
  public X509CertificateHolder issue(Role role, Optional<HeldKey> held)
      throws IOException, FormatException, GeneralSecurityException {
    var plan = plan(role);
    String name = session.transaction().index().nextName(role.label());
    try (var key = NextKey.of(session, name, plan.key(), held)) {
      return issue(role, plan.issuer(), key.key().publicKey(), key.reference());
    }
  }

  /** A new certificate for the role's present key. */
  public X509CertificateHolder renew(Role role)
      throws IOException, FormatException, GeneralSecurityException {
    var plan = plan(role);
    var item = session.transaction().index().roles().get(role.label());
    if (item == null) {
      throw new FormatException(
          "PKI index", 0, "has no key of role '%s' to keep".formatted(role.label()));
    }
    var leaf = session.folder().chain(role).getFirst();
    return issue(role, plan.issuer(), leaf.getSubjectPublicKeyInfo(), item.key());
  }

  private Profile.RoleKey plan(Role role) throws FormatException {
    return profile
        .role(role)
        .orElseThrow(
            () -> new FormatException("profile", 0, "names no role '%s'".formatted(role.label())));
  }

  private X509CertificateHolder issue(
      Role role, String authority, SubjectPublicKeyInfo publicKey, String key)
      throws IOException, FormatException, GeneralSecurityException {
    var folder = session.folder();
    var transaction = session.transaction();
    var generation = Generation.current(folder, authority, session.at());
    var certificate =
        session.issue(generation, new ProfilePlans(profile).role(role, publicKey, session.at()));
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
                .withRole(role.label(), new PkiIndex.RoleItem(PkiFolder.chainFile(name), key)));
    return certificate;
  }

  static Bytes pem(List<X509CertificateHolder> certificates) {
    return Bytes.utf8(Certificates.pem(certificates));
  }
}
