// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.CertificationRequest;
import dev.trustme.issue.CsrRules;
import dev.trustme.issue.CsrVerifier;
import dev.trustme.key.KeyType;
import dev.trustme.profile.NameKind;
import dev.trustme.profile.Use;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * May this request become a certificate? File request (DER or PEM); context key-types, name-kinds
 * and uses, each a list of labels with commas, and drop-extras, true or false.
 */
final class CsrFamily {
  private CsrFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var uses =
        labels(input, "uses").stream()
            .map(label ->
                Arrays.stream(Use.values())
                    .filter(u -> u.label().equals(label))
                    .findFirst()
                    .orElseThrow())
            .toList();
    var rules =
        new CsrRules(
            labels(input, "key-types").stream().map(KeyType::byLabel).toList(),
            labels(input, "name-kinds").stream().map(NameKind::byLabel).toList(),
            Set.copyOf(Use.purposes(uses)),
            KeyUsage.digitalSignature,
            false,
            Boolean.parseBoolean(input.context("drop-extras")));
    var request = CertificationRequest.parse(input.file("request"));
    return Outcome.of(new CsrVerifier(rules).verify(request));
  }

  private static List<String> labels(VectorInput input, String key) {
    return List.of(input.context(key).split(","));
  }
}
