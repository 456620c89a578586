// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.attest.FileSigners.FileSigner;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The keys that may sign a device's files: those of the policy, and those that its log shows on a
 * keyring, from there on and if they lead to the policy's roots.
 */
final class LoadedKeys {
  /** Distinct certificates of one log; a path is looked for from each. */
  private static final int MAX_LOADED = 64;

  private final ImaDemand demand;
  private final List<FileSigner> trusted = new ArrayList<>();
  private final List<FileSigner> learned = new ArrayList<>();
  private final List<X509CertificateHolder> seen = new ArrayList<>();
  private final Map<Bytes, String> problems = new HashMap<>();

  LoadedKeys(ImaDemand demand) {
    this.demand = demand;
    demand.signers().ifPresent(s -> trusted.addAll(s.certificates()));
  }

  /** Those that signatures with this identifier may be of. */
  List<FileSigner> withId(long keyId) {
    List<FileSigner> found = new ArrayList<>();
    for (FileSigner signer : trusted) {
      if (signer.keyId() == keyId) {
        found.add(signer);
      }
    }
    for (FileSigner signer : learned) {
      if (signer.keyId() == keyId) {
        found.add(signer);
      }
    }
    return found;
  }

  /** Whether what this key signs depends on the log that showed it. */
  boolean isLearned(FileSigner signer) {
    return learned.contains(signer);
  }

  /** A certificate was put onto a keyring: why it does not count; empty if it does. */
  String load(Bytes certificate) {
    Bytes key = HashAlgorithm.SHA256.digest(certificate).value();
    String known = problems.get(key);
    if (known != null) {
      return known;
    }
    if (problems.size() == MAX_LOADED) {
      return "more than %d certificates".formatted(MAX_LOADED);
    }
    String problem = problem(certificate, key);
    problems.put(key, problem);
    return problem;
  }

  private String problem(Bytes der, Bytes key) {
    X509CertificateHolder certificate;
    try {
      certificate = Certificates.parseAsReceived(der);
    } catch (FormatException e) {
      return "no X.509 certificate";
    }
    seen.add(certificate);
    if (trusted.stream().anyMatch(s -> s.key().equals(key))) {
      return "";
    }
    Optional<TrustStore> roots = demand.signers().flatMap(FileSigners::roots);
    if (roots.isEmpty()) {
      return "not among trust.files.certificates: " + certificate.getSubject();
    }
    if (roots.get().anchors().contains(certificate)) {
      return "";
    }
    return path(certificate, roots.get());
  }

  private String path(X509CertificateHolder certificate, TrustStore roots) {
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(certificate));
    seen.stream().filter(c -> !c.equals(certificate)).forEach(chain::add);
    var verdict =
        new PathValidator(roots, demand.at())
            .validate(chain, PathPolicy.of(Role.FIRMWARE).with(demand.revocation()));
    if (verdict.accepted()) {
      learned.add(FileSigner.of(certificate));
      return "";
    }
    String why = verdict.failures().stream().findFirst().map(Check::id).orElse("no check ran");
    return "%s (%s)".formatted(certificate.getSubject(), why);
  }
}
