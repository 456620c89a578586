// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.SigningLog.Event;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.Acceptance;
import dev.trustme.profile.Profile;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What every change of a PKI folder works with: its transaction, the secret of the folder's keys,
 * the moment, and the rules whose findings are taken as they are.
 */
public record PkiSession(
    PkiTransaction transaction, Passphrase passphrase, Instant at, Acceptance acceptance) {
  public PkiSession(PkiTransaction transaction, Passphrase passphrase, Instant at) {
    this(transaction, passphrase, at, Acceptance.NONE);
  }

  /** The same where somebody accepted findings of these rules. */
  public PkiSession accepting(Acceptance rules) {
    return new PkiSession(transaction, passphrase, at, rules);
  }

  /** The folder as it is before the changes. */
  public PkiFolder folder() {
    return transaction.folder();
  }

  public Profile profile() throws IOException, FormatException {
    return folder().profile();
  }

  /** Issues the planned certificate for no longer than the authority itself lasts; on record. */
  X509CertificateHolder issue(Generation authority, CertificatePlan plan)
      throws IOException, FormatException, GeneralSecurityException {
    try (var key = authority.open(folder(), passphrase)) {
      var issuer = authority.issuer(key);
      var certificate = issuer.issue(plan.within(issuer.within(plan.validity())), acceptance);
      record(List.of(certificate), authority.certificate());
      return certificate;
    }
  }

  /** A certificate that its own key signs; on record. */
  X509CertificateHolder selfSigned(CertificatePlan plan, SigningKey key)
      throws GeneralSecurityException {
    var certificate = Issuer.selfSigned(plan, key, acceptance);
    record(List.of(certificate), certificate);
    return certificate;
  }

  /**
   * Puts certificates that this issuer's key signed into {@code issued/} and the log, with the
   * findings that were accepted for them.
   */
  public void record(List<X509CertificateHolder> certificates, X509CertificateHolder issuer) {
    transaction.issued(certificates);
    for (var certificate : certificates) {
      transaction.log(Event.issued("issue", certificate, issuer.getSubjectPublicKeyInfo()));
      acceptance
          .accepted(certificate, issuer)
          .forEach(finding -> transaction.log(Event.accepted(finding, certificate)));
    }
  }
}
