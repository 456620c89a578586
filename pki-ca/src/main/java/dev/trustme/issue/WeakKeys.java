// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.lint.Finding;
import dev.trustme.lint.RsaRules;
import dev.trustme.trust.Check;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** RSA keys that are of an allowed kind and still not worth certifying, as the lint finds them. */
final class WeakKeys {
  private WeakKeys() {}

  static Check check(SubjectPublicKeyInfo key) {
    return RsaRules.findings(key).stream()
        .findFirst()
        .map(WeakKeys::failure)
        .orElseGet(() -> Check.pass("csr-key-strength", "no weak RSA key"));
  }

  private static Check failure(Finding finding) {
    String id =
        switch (finding.rule()) {
          case RSA_EXPONENT -> "csr-key-exponent";
          case RSA_FACTOR, RSA_ROCA -> "csr-key-origin";
          default -> "csr-key-strength";
        };
    return Check.fail(id, finding.rule().what(), finding.detail());
  }
}
