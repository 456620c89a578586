// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.bytes.FormatException;
import dev.trustme.trust.CertificateRules;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.OcspStaple;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/**
 * Family x509: may this signer sign for the role? Files chain (PEM, leaf first) and roots, and
 * where revocation is looked at crl, delta and ocsp; context role and at, and where they matter
 * customer, rules (strict, wider-keys), policy (an OID), revocation (if-present, required) and
 * floor (the number of an earlier list of the first anchor).
 */
final class PathFamily {
  private PathFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var chain = Certificates.parse(input.file("chain"));
    var role = Role.byLabel(input.context("role")).orElseThrow();
    var policy = PathPolicy.of(role).with(revocation(input));
    if (input.tells("customer")) {
      policy = policy.ofCustomer(input.context("customer"));
    }
    if (input.tells("rules")) {
      policy = policy.with(CertificateRules.valueOf(constant(input.context("rules"))));
    }
    if (input.tells("policy")) {
      policy = policy.under(Set.of(new ASN1ObjectIdentifier(input.context("policy"))));
    }
    return Outcome.of(new PathValidator(input.roots(), input.at()).validate(chain, policy));
  }

  private static Revocation revocation(VectorInput input) throws IOException, FormatException {
    if (!input.tells("revocation")) {
      return Revocation.OFF;
    }
    List<RevocationList> lists = new ArrayList<>();
    for (String role : List.of("crl", "delta")) {
      if (input.has(role)) {
        lists.add(RevocationList.parse(input.file(role)));
      }
    }
    List<OcspStaple> responses =
        input.has("ocsp") ? List.of(OcspStaple.parse(input.file("ocsp"))) : List.of();
    var mode = Revocation.Mode.valueOf(constant(input.context("revocation")));
    var revocation = Revocation.of(mode, lists, responses);
    if (!input.tells("floor")) {
      return revocation;
    }
    var issuer = input.roots().anchors().getFirst();
    var floor = new BigInteger(input.context("floor"));
    return revocation.withFloors(Map.of(Revocation.issuerKey(issuer), floor));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
