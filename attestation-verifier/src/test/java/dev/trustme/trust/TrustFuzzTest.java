// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.testing.HostileBytes;
import dev.trustme.trust.Revocation.Mode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** What comes from outside and is read before anything is trusted. */
class TrustFuzzTest {
  private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");

  @FuzzTest
  void scope(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var scope = Scope.parse(bytes);
          if (!scope.encode().equals(bytes)) {
            throw new AssertionError("another encoding of " + scope);
          }
        });
  }

  @FuzzTest
  void revocationList(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var list = RevocationList.parse(bytes);
          list.number();
          list.base();
          list.problem();
          list.nextUpdate();
          judge(PathFuzzChain.CHAIN, Revocation.of(Mode.REQUIRED, List.of(list), List.of()));
        });
  }

  @FuzzTest
  void ocspStaple(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var staple = OcspStaple.parse(bytes);
          judge(PathFuzzChain.CHAIN, Revocation.of(Mode.REQUIRED, List.of(), List.of(staple)));
        });
  }

  /** One certificate as leaf and as authority; the rest of the path is sound. */
  @FuzzTest
  void path(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var certificate = Certificates.parseAsReceived(bytes);
          var leaf = PathFuzzChain.CHAIN.getFirst();
          var authority = PathFuzzChain.CHAIN.get(1);
          validate(PathFuzzChain.STORE, List.of(certificate, authority), policy(input));
          validate(PathFuzzChain.STORE, List.of(leaf, certificate), policy(input));
        });
  }

  /** One certificate as the anchor, and as the anchor of itself. */
  @FuzzTest
  void anchor(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var certificate = Certificates.parseAsReceived(bytes);
          var store = new TrustStore(List.of(certificate));
          validate(store, PathFuzzChain.CHAIN, policy(input));
          validate(store, List.of(certificate, certificate), policy(input));
        });
  }

  /** All rules get their turn. */
  private static PathPolicy policy(byte[] input) {
    var rules = CertificateRules.values();
    return PathPolicy.of(Role.CONTAINER).with(rules[input.length % rules.length]);
  }

  private static void judge(List<X509CertificateHolder> chain, Revocation revocation) {
    validate(PathFuzzChain.STORE, chain, PathPolicy.of(Role.CONTAINER).with(revocation));
  }

  private static void validate(
      TrustStore store, List<X509CertificateHolder> chain, PathPolicy policy) {
    var verdict = new PathValidator(store, AT).validate(chain, policy);
    if (verdict.accepted() && !chain.equals(PathFuzzChain.CHAIN)) {
      throw new AssertionError("accepted: " + verdict);
    }
  }

  /** A path that holds, made once. */
  private static final class PathFuzzChain {
    static final TestAuthority ROOT = TestAuthority.root("CN=Vector Root");
    static final List<X509CertificateHolder> CHAIN = chain();
    static final TrustStore STORE = new TrustStore(List.of(ROOT.certificate()));

    private static List<X509CertificateHolder> chain() {
      var sub = ROOT.authority(TestAuthority.Subject.authority("CN=Vector Signing", 0));
      List<X509CertificateHolder> chain = new ArrayList<>();
      chain.add(sub.leaf(TestAuthority.Subject.signer(Role.CONTAINER)));
      chain.add(sub.certificate());
      return chain;
    }
  }
}
