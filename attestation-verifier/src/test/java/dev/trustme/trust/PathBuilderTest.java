// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.trustme.trust.TestAuthority.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;

class PathBuilderTest {
  private static final TestAuthority ROOT = TestAuthority.root("CN=root");
  private static final Subject SIGNER = Subject.signer(Role.CONTAINER);
  private static final X509CertificateHolder LEAF = ROOT.leaf(SIGNER);

  /** RFC 5280, 4.2.1.1: where several have the name, the one whose key is named comes first. */
  @Test
  void theLikeliestIssuerComesFirst() {
    var other = TestAuthority.root("CN=root").certificate();
    var store = store(other, ROOT.certificate());
    assertEquals(ROOT.certificate(), first(store, LEAF));
    var unnamed = ROOT.leaf(SIGNER.without(Extension.authorityKeyIdentifier));
    assertEquals(other, first(store, unnamed));
    var anyKey = Subject.authority("CN=root", -1);
    var keyless = TestAuthority.root(anyKey.without(Extension.subjectKeyIdentifier)).certificate();
    assertEquals(other, first(store(other, keyless), LEAF));
    var broken = anyKey.with(Extension.subjectKeyIdentifier, false, DERNull.INSTANCE);
    assertEquals(other, first(store(other, TestAuthority.root(broken).certificate()), LEAF));
  }

  private static X509CertificateHolder first(TrustStore store, X509CertificateHolder leaf) {
    return PathBuilder.build(store, List.of(leaf)).paths().getFirst().anchor();
  }

  private static TrustStore store(X509CertificateHolder... anchors) {
    return new TrustStore(List.of(anchors));
  }

  /** The same authority, certified anew, is the same authority. */
  @Test
  void anAuthorityIsOnAPathOnce() {
    var sub = TestAuthority.root("CN=sub");
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(sub.leaf(SIGNER)));
    for (int i = 0; i < 3; i++) {
      chain.add(sub.certify(sub, Subject.authority("CN=sub", -1)));
    }
    var anchor = TestAuthority.root("CN=sub").certificate();
    var built = PathBuilder.build(store(anchor), chain);
    assertEquals(
        List.of(2, 3, 3, 3), built.paths().stream().map(p -> p.certificates().size()).toList());
    assertEquals(false, built.exhausted());
  }

  @Test
  void asManyHintsAndPathsAsThereMayBeAreNoExhaustion() {
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(LEAF));
    for (int i = 0; i < PathBuilder.MAX_HINTS; i++) {
      chain.add(TestAuthority.root("CN=noise").certificate());
    }
    assertEquals(false, PathBuilder.build(store(ROOT.certificate()), chain).exhausted());
    chain.add(ROOT.certificate());
    assertEquals(true, PathBuilder.build(store(ROOT.certificate()), chain).exhausted());
    var anchors = new X509CertificateHolder[PathBuilder.MAX_PATHS];
    Arrays.setAll(anchors, i -> TestAuthority.root("CN=root").certificate());
    var built = PathBuilder.build(store(anchors), List.of(LEAF));
    assertEquals(PathBuilder.MAX_PATHS, built.paths().size());
    assertEquals(false, built.exhausted());
  }

  /** Six authorities of one name make 1,956 ways to combine them. */
  @Test
  void waysThatLeadNowhereAreBounded() {
    List<X509CertificateHolder> chain =
        new ArrayList<>(List.of(TestAuthority.root("CN=sub").leaf(SIGNER)));
    for (int i = 0; i < 6; i++) {
      chain.add(TestAuthority.root("CN=sub").certificate());
    }
    var built = PathBuilder.build(store(ROOT.certificate()), chain);
    assertEquals(List.of(), built.paths());
    assertEquals(true, built.exhausted());
  }
}
