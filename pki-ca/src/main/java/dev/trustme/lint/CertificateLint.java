// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** All rules about one certificate, alone and beside its issuer. */
public final class CertificateLint {
  private CertificateLint() {}

  /** What is wrong with it; the issuer of a self-signed certificate is itself. */
  public static List<Finding> findings(
      X509CertificateHolder certificate, X509CertificateHolder issuer) {
    var findings = new Findings();
    alone(certificate, findings);
    new IssuerRules(new Certificate(certificate), new Certificate(issuer), findings).check();
    return findings.list();
  }

  /** The same where nobody knows the issuer: the rules about both are not asked. */
  public static List<Finding> findings(X509CertificateHolder certificate) {
    var findings = new Findings();
    alone(certificate, findings);
    findings.add(
        LintRule.ISSUER_MISSING, "issuer %s is not there".formatted(certificate.getIssuer()));
    return findings.list();
  }

  /** Whether it is valid at this time. */
  public static List<Finding> at(Instant time, X509CertificateHolder certificate) {
    var findings = new Findings();
    findings.require(
        certificate.isValidOn(Date.from(time)),
        LintRule.VALIDITY_NOW,
        "is valid from %s to %s, not at %s"
            .formatted(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                time));
    return findings.list();
  }

  private static void alone(X509CertificateHolder holder, Findings findings) {
    var certificate = new Certificate(holder);
    new FieldRules(certificate, findings).check();
    new NameRules(findings).check(certificate);
    KeyRules.check(holder.getSubjectPublicKeyInfo(), findings);
    new ExtensionRules(certificate, findings).check();
    new UsageRules(certificate, findings).check();
    new RoleRules(certificate, findings).check();
  }
}
