// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * RFC 5280, section 6, for one leaf, with what PKIX leaves to the application: the leaf is no
 * authority, may sign, and carries the role; the anchor's own constraints count; every certificate
 * keeps the profile; scope and revocation are as the policy asks. Every path that names allow is
 * tried, within bounds. The clock is an argument, and counts whole seconds.
 */
public final class PathValidator {
  /** Key usages that a purpose can ask for. */
  private static final List<Integer> MAY_BE_NEEDED =
      List.of(KeyUsage.digitalSignature, KeyUsage.keyEncipherment, KeyUsage.keyAgreement);

  private final TrustStore store;
  private final Instant at;
  private final PathMemory memory;

  public PathValidator(TrustStore store, Instant at) {
    this(store, at, new PathMemory());
  }

  /** One of many that find out the same about authorities. */
  public PathValidator(TrustStore store, Instant at, PathMemory memory) {
    this.store = store;
    this.at = at.truncatedTo(ChronoUnit.SECONDS);
    this.memory = memory;
  }

  /** Validates the leaf for the role as the vendor's own, without asking for revocation. */
  public Verdict<TrustedSigner> validate(List<X509CertificateHolder> chain, Role role) {
    return validate(chain, PathPolicy.of(role));
  }

  /** Validates the leaf (first of the chain); the other certificates are hints in any order. */
  public Verdict<TrustedSigner> validate(List<X509CertificateHolder> chain, PathPolicy policy) {
    if (chain.isEmpty()) {
      return new Verdict.Rejected<>(
          List.of(Check.fail("certificate-chain", "a signer certificate", "none")));
    }
    var leaf = leafChecks(chain.getFirst(), policy);
    var built = PathBuilder.build(store, chain);
    List<Check> first = new ArrayList<>(leaf);
    for (int i = 0; i < built.paths().size(); i++) {
      var path = built.paths().get(i);
      var attempt = new Attempt(path, policy, at, memory);
      List<Check> checks = new ArrayList<>(leaf);
      checks.addAll(attempt.checks());
      var verdict = Verdict.of(checks, attempt::signer);
      if (verdict.accepted()) {
        return verdict;
      }
      if (i == 0) {
        first = checks;
      }
    }
    if (built.paths().isEmpty()) {
      first.add(
          Check.fail(
              "certificate-anchor",
              "a path to a trust anchor",
              "none from " + chain.getFirst().getIssuer()));
    }
    if (built.exhausted()) {
      first.add(
          Check.fail(
              "certificate-work",
              "at most %d certificates and %d paths"
                  .formatted(PathBuilder.MAX_HINTS, PathBuilder.MAX_PATHS),
              "more"));
    }
    return new Verdict.Rejected<>(first);
  }

  /** One way to an anchor, judged. */
  private static final class Attempt {
    private final CandidatePath path;
    private final PathPolicy policy;
    private final Instant at;
    private final PathMemory memory;
    private final RevocationChecker revocation;
    private final List<Check> checks = new ArrayList<>();

    Attempt(CandidatePath path, PathPolicy policy, Instant at, PathMemory memory) {
      this.path = path;
      this.policy = policy;
      this.at = at;
      this.memory = memory;
      this.revocation = new RevocationChecker(policy.revocation(), at);
      checks.add(Check.pass("certificate-anchor", path.anchor().getSubject().toString()));
      checks.add(PathRules.validity(path, at));
      var form = CertificateForm.findings(path, policy.rules(), memory);
      checks.addAll(form);
      checks.add(PathRules.authorities(path, policy.authorities()));
      checks.add(PathRules.scope(path, policy));
      // What follows relies on extensions that can be read and are few enough to compare.
      if (checks.stream().noneMatch(Check::failed)) {
        checks.add(PathRules.usages(path, policy.purpose()));
        checks.add(NameSpace.check(path.certificates()));
      }
      if (checks.stream().noneMatch(Check::failed)) {
        checks.add(pkix());
      }
      if (checks.stream().noneMatch(Check::failed)) {
        checks.addAll(revocation.check(path));
      }
    }

    private Check pkix() {
      var below = path.certificates().subList(0, path.certificates().size() - 1);
      if (below.stream()
          .allMatch(c -> memory.holds(c, "in order", () -> Certificates.inOrder(c)))) {
        return Pkix.check(path, at, policy.policies(), memory);
      }
      return policy.rules() == CertificateRules.TPM_VENDOR && policy.policies().isEmpty()
          ? Pkix.asReceived(path)
          : Check.fail("certificate-path", "certificates in DER", "parts out of order");
    }

    List<Check> checks() {
      return checks;
    }

    TrustedSigner signer() {
      return new TrustedSigner(path, policy.purpose(), revocation.listNumbers());
    }
  }

  /**
   * What a signer must be, whoever trusts it: no authority, allowed to sign, of the role; and every
   * certificate that came with it within its validity and the issuer of the one before. Says
   * nothing about an anchor.
   */
  public static List<Check> signer(
      List<X509CertificateHolder> chain, PathPolicy policy, Instant at) {
    List<Check> checks = new ArrayList<>(leafChecks(chain.getFirst(), policy));
    checks.add(PathRules.validity(new CandidatePath(chain), at.truncatedTo(ChronoUnit.SECONDS)));
    for (int i = 1; i < chain.size(); i++) {
      if (!issued(chain.get(i), chain.get(i - 1))) {
        checks.add(
            Check.fail(
                    "certificate-chain",
                    "the issuer of " + chain.get(i - 1).getSubject(),
                    "another certificate")
                .at(chain.get(i).getSubject().toString()));
      }
    }
    return checks;
  }

  private static boolean issued(X509CertificateHolder issuer, X509CertificateHolder below) {
    return issuer.getSubject().equals(below.getIssuer())
        && CandidatePath.isAuthority(issuer)
        && Signatures.issued(issuer, below);
  }

  private static List<Check> leafChecks(X509CertificateHolder leaf, PathPolicy policy) {
    try {
      return List.of(notAuthority(leaf), keyUsage(leaf, policy), purpose(leaf, policy));
    } catch (RuntimeException e) {
      // Only a certificate that did not come through Certificates can be unreadable here.
      return List.of(Check.fail("certificate-extensions", "extensions that can be read", "none"));
    }
  }

  private static Check notAuthority(X509CertificateHolder leaf) {
    return CandidatePath.isAuthority(leaf)
        ? Check.fail("signer-not-ca", "an end-entity certificate", "a CA certificate")
        : Check.pass("signer-not-ca", leaf.getSubject().toString());
  }

  private static Check keyUsage(X509CertificateHolder leaf, PathPolicy policy) {
    int needed = policy.purpose().keyUsage();
    String wanted =
        (needed & KeyUsage.digitalSignature) != 0
            ? "digitalSignature"
            : "keyEncipherment or keyAgreement";
    var usage =
        leaf.getExtension(Extension.keyUsage) == null
            ? null
            : KeyUsage.fromExtensions(leaf.getExtensions());
    if (usage == null) {
      return policy.rules() == CertificateRules.WIDER_KEYS
          ? Check.warn("signer-key-usage", wanted, "no key usage, so every usage")
          : Check.fail("signer-key-usage", wanted, "no key usage");
    }
    return MAY_BE_NEEDED.stream().anyMatch(bit -> (needed & bit) != 0 && usage.hasUsages(bit))
        ? Check.pass("signer-key-usage", wanted)
        : Check.fail("signer-key-usage", wanted, "not allowed");
  }

  private static Check purpose(X509CertificateHolder leaf, PathPolicy policy) {
    var purpose = policy.purpose();
    if (purpose.in(leaf)) {
      return Check.pass("signer-role", purpose.label());
    }
    var usages =
        leaf.getExtension(Extension.extendedKeyUsage) == null
            ? null
            : ExtendedKeyUsage.fromExtensions(leaf.getExtensions());
    if (usages == null && policy.rules() == CertificateRules.WIDER_KEYS) {
      return Check.warn("signer-role", purpose.label(), "no extended key usage, so every role");
    }
    return Check.fail(
        "signer-role",
        purpose.label(),
        Role.of(leaf).isEmpty() ? "no role" : Role.of(leaf).toString());
  }
}
