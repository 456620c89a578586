// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Signature algorithms as requests name them: {@code rsa-pkcs1-sha256}, {@code rsa-pss-sha256} (a
 * salt as long as the digest), {@code ecdsa-sha384}, {@code ed25519}, {@code ml-dsa-65}.
 */
final class AlgorithmLabel {
  private static final List<SignatureAlgorithm> ALL = all();

  private AlgorithmLabel() {}

  private static List<SignatureAlgorithm> all() {
    List<SignatureAlgorithm> all = new ArrayList<>();
    for (var hash : List.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512)) {
      all.add(new RsaPkcs1(hash));
      all.add(RsaPss.of(hash));
      all.add(new Ecdsa(hash));
    }
    all.add(new Ed25519());
    all.addAll(List.of(new MlDsa(44), new MlDsa(65), new MlDsa(87)));
    return List.copyOf(all);
  }

  /** An RSASSA-PSS salt of another length is an IllegalArgumentException. */
  static String of(SignatureAlgorithm algorithm) {
    if (!ALL.contains(algorithm)) {
      throw new IllegalArgumentException("no request names " + algorithm);
    }
    return switch (algorithm) {
      case RsaPkcs1 rsa -> "rsa-pkcs1-" + rsa.hash().label();
      case RsaPss pss -> "rsa-pss-" + pss.hash().label();
      case Ecdsa ecdsa -> "ecdsa-" + ecdsa.hash().label();
      case Ed25519 ed25519 -> "ed25519";
      case MlDsa mlDsa -> "ml-dsa-" + mlDsa.parameterSet();
    };
  }

  static Optional<SignatureAlgorithm> byLabel(String label) {
    return ALL.stream().filter(algorithm -> of(algorithm).equals(label)).findFirst();
  }
}
