// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Rules whose findings somebody accepted by name. There is no way to accept everything, and what
 * was accepted goes to the signing log.
 */
public record Acceptance(Set<LintRule> rules) {
  /** Every error is refused. */
  public static final Acceptance NONE = new Acceptance(Set.of());

  public Acceptance {
    rules = Set.copyOf(rules);
  }

  /**
   * By the rules' ids; an unknown one is an IllegalArgumentException that says how to list them.
   */
  public static Acceptance of(Collection<String> ids) {
    Set<LintRule> rules = EnumSet.noneOf(LintRule.class);
    for (String id : ids) {
      rules.add(
          LintRule.byId(id)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "no lint rule is named '%s'; 'trustme pki lint --list' names them"
                          .formatted(id))));
    }
    return new Acceptance(rules);
  }

  /** The errors that nobody accepted. */
  public List<Finding> refused(List<Finding> findings) {
    return findings.stream().filter(f -> f.error() && !rules.contains(f.rule())).toList();
  }

  /** The errors of this certificate that would have been refused. */
  public List<Finding> accepted(X509CertificateHolder certificate, X509CertificateHolder issuer) {
    return rules.isEmpty() ? List.of() : accepted(CertificateLint.findings(certificate, issuer));
  }

  /** The errors that would have been refused. */
  public List<Finding> accepted(List<Finding> findings) {
    return findings.stream().filter(f -> f.error() && rules.contains(f.rule())).toList();
  }
}
