// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.key.Passphrase;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.OcspStaple;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Revocation.Mode;
import dev.trustme.trust.RevocationList;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is published, held against the suite's own verifier of paths. */
class LifecycleTrustTest {
  private static final Instant AT = SmallPki.AT.plusSeconds(60);

  @TempDir private Path dir;
  private final Passphrase none = Passphrase.of(new char[0]);

  /** One change of the folder. */
  private interface Change {
    void in(PkiSession session) throws Exception;
  }

  @BeforeEach
  void makePki() throws Exception {
    SmallPki.create(dir.resolve("pki"));
  }

  @Test
  void linksLeadFromEitherRootToTheOther() throws Exception {
    var old = pki();
    var oldRoot = old.authority("root");
    var oldChain = old.chain(Role.CONTAINER);
    change(t -> Rollover.make(t, "root"));
    change(t -> Rollover.make(t, "device"));
    change(t -> new RoleIssue(t).issue(Role.CONTAINER));
    var chain = pki().chain(Role.CONTAINER);
    var root = pki().authority("root");
    var newWithOld = link("root-2.new-with-old.pem");
    var oldWithNew = link("root-2.old-with-new.pem");

    accepts(validate(oldRoot, oldChain));
    accepts(validate(root, chain));
    accepts(validate(oldRoot, with(chain, newWithOld)));
    accepts(validate(root, with(oldChain, oldWithNew)));
    assertEquals(false, validate(oldRoot, chain).accepted());
    assertEquals(false, validate(oldRoot, with(chain, oldWithNew)).accepted());
    assertEquals(false, validate(root, oldChain).accepted());
    assertEquals(false, validate(root, with(oldChain, newWithOld)).accepted());
  }

  @Test
  void listsAndResponsesDecide() throws Exception {
    change(t -> new CrlPublication(t).full(List.of("root", "device")));
    accepts(revocable(lists("root", "device"), List.of()));
    change(t ->
        Revocations.of(t.folder())
            .revoke(
                t.transaction(),
                pki().chain(Role.CONTAINER).getFirst(),
                RevocationReason.KEY_COMPROMISE,
                AT));
    accepts(revocable(lists("root", "device"), List.of()));
    change(t -> new CrlPublication(t).delta(List.of("device")));
    rejects("certificate-revoked", revocable(lists("root", "device", "device.delta"), List.of()));
    change(t -> new CrlPublication(t).full(List.of("device")));
    rejects("certificate-revoked", revocable(lists("root", "device"), List.of()));
  }

  @Test
  void aStapleStandsForTheList() throws Exception {
    change(t -> new CrlPublication(t).full(List.of("root")));
    change(t -> new OcspPublication(t).publish("device", List.of()));
    accepts(revocable(lists("root"), List.of(staple())));
    rejects("revocation-known", revocable(lists("root"), List.of()));
    change(t ->
        Revocations.of(t.folder())
            .revoke(
                t.transaction(),
                pki().chain(Role.CONTAINER).getFirst(),
                RevocationReason.UNSPECIFIED,
                AT));
    change(t -> new OcspPublication(t).publish("device", List.of()));
    rejects("ocsp-revoked", revocable(lists("root"), List.of(staple())));
  }

  private OcspStaple staple() throws Exception {
    String serial = Revocations.serial(pki().chain(Role.CONTAINER).getFirst());
    return OcspStaple.parse(pki().file("ocsp/device/" + serial + ".ocsp").orElseThrow());
  }

  private List<RevocationList> lists(String... names) throws Exception {
    List<RevocationList> found = new ArrayList<>();
    for (String name : names) {
      found.add(RevocationList.parse(pki().file("crls/" + name + ".crl").orElseThrow()));
    }
    return found;
  }

  private Verdict<TrustedSigner> revocable(List<RevocationList> lists, List<OcspStaple> staples)
      throws Exception {
    var policy = PathPolicy.of(Role.CONTAINER).with(Revocation.of(Mode.REQUIRED, lists, staples));
    return new PathValidator(new TrustStore(List.of(pki().authority("root"))), AT.plusSeconds(60))
        .validate(pki().chain(Role.CONTAINER), policy);
  }

  private static Verdict<TrustedSigner> validate(
      X509CertificateHolder root, List<X509CertificateHolder> chain) {
    return new PathValidator(new TrustStore(List.of(root)), AT.plusSeconds(60))
        .validate(chain, Role.CONTAINER);
  }

  private static List<X509CertificateHolder> with(
      List<X509CertificateHolder> chain, X509CertificateHolder link) {
    List<X509CertificateHolder> longer = new ArrayList<>(chain);
    longer.add(link);
    return longer;
  }

  private static void accepts(Verdict<TrustedSigner> verdict) {
    assertTrue(verdict.accepted(), () -> verdict.failures().toString());
  }

  private static void rejects(String reason, Verdict<TrustedSigner> verdict) {
    assertEquals(List.of(reason), verdict.failures().stream().map(Check::id).distinct().toList());
  }

  private X509CertificateHolder link(String name) throws Exception {
    return Certificates.parse(pki().file("links/" + name).orElseThrow()).getFirst();
  }

  private void change(Change change) throws Exception {
    try (var transaction = pki().begin()) {
      change.in(new PkiSession(transaction, none, AT));
      transaction.commit(AT);
    }
  }

  private PkiFolder pki() throws Exception {
    return PkiFolder.open(dir.resolve("pki"));
  }
}
