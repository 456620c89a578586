// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.TestAuthority.Subject;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;

/** What is kept, what is not, and that nothing wrong is ever said. */
class PathMemoryTest {
  private static final int MAX_AUTHORITIES = 256;

  private final TestAuthority root = TestAuthority.root("CN=root");
  private final TestAuthority issuing = root.authority(Subject.authority("CN=issuing", 0));
  private final X509CertificateHolder leaf = issuing.leaf(Subject.signer(Role.RELEASE));
  private final PathMemory memory = new PathMemory();

  private static Bytes der(X509CertificateHolder certificate) {
    return Certificates.der(certificate);
  }

  @Test
  void authoritiesAreReadOnce() throws FormatException, CertificateException {
    var first = memory.parseDer(der(issuing.certificate()));
    assertEquals(issuing.certificate(), first);
    assertSame(first, memory.parseDer(der(issuing.certificate())));
    assertSame(memory.converted(first), memory.converted(first));
    assertEquals(root.certificate(), memory.parseDer(der(root.certificate())));
  }

  @Test
  void othersAreNotKept() throws FormatException, CertificateException {
    var first = memory.parseDer(der(leaf));
    assertEquals(leaf, first);
    assertNotSame(first, memory.parseDer(der(leaf)));
    assertNotSame(memory.converted(leaf), memory.converted(leaf));
    var padding = new DEROctetString(new byte[16 * 1024]);
    var large =
        TestAuthority.root(
                Subject.authority("CN=large", -1)
                    .with(new ASN1ObjectIdentifier("2.999.1"), false, padding))
            .certificate();
    assertNotSame(memory.parseDer(der(large)), memory.parseDer(der(large)));
  }

  @Test
  void beginsAnewWhereItIsFull() throws FormatException, CertificateException {
    var first = memory.parseDer(der(root.certificate()));
    var converted = memory.converted(first);
    var asked = new AtomicInteger();
    assertTrue(memory.holds(first, "rule", () -> asked.incrementAndGet() > 0));
    X509CertificateHolder last = first;
    for (int i = 1; i < MAX_AUTHORITIES; i++) {
      last = root.certify(issuing, Subject.authority("CN=" + i, 0));
      last = memory.parseDer(der(last));
    }
    assertSame(first, memory.parseDer(der(root.certificate())));
    assertSame(converted, memory.converted(first));
    assertTrue(memory.holds(first, "rule", () -> asked.incrementAndGet() > 0));
    assertEquals(1, asked.get());
    var more = memory.parseDer(der(issuing.certificate()));
    assertSame(more, memory.parseDer(der(issuing.certificate())));
    assertNotSame(last, memory.parseDer(der(last)));
    assertNotSame(converted, memory.converted(first));
    assertTrue(memory.holds(first, "rule", () -> asked.incrementAndGet() > 0));
    assertEquals(2, asked.get());
    assertNotSame(first, memory.parseDer(der(root.certificate())));
  }

  @Test
  void aRuleThatHoldsOfAnAuthorityIsAskedOnce() {
    var asked = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      assertTrue(memory.holds(root.certificate(), "holds", () -> asked.incrementAndGet() > 0));
    }
    assertEquals(1, asked.get());
    for (int i = 0; i < 3; i++) {
      assertFalse(memory.holds(root.certificate(), "fails", () -> asked.incrementAndGet() < 0));
    }
    assertEquals(4, asked.get());
    assertTrue(memory.holds(root.certificate(), "other rule", () -> asked.incrementAndGet() > 0));
    for (int i = 0; i < 3; i++) {
      assertTrue(memory.holds(leaf, "holds", () -> asked.incrementAndGet() > 0));
    }
    assertEquals(8, asked.get());
  }

  /** By the issuer, and by its key alone; more often than it takes until tables are made. */
  @Test
  void tellsWhoSigned() {
    var other = TestAuthority.root("CN=issuing");
    var key = issuing.certificate().getSubjectPublicKeyInfo();
    var otherKey = other.certificate().getSubjectPublicKeyInfo();
    for (int i = 0; i < 8; i++) {
      assertTrue(memory.issued(issuing.certificate(), leaf));
      assertTrue(memory.issued(root.certificate(), issuing.certificate()));
      assertTrue(memory.issued(key, leaf));
      assertTrue(
          memory.issued(root.certificate().getSubjectPublicKeyInfo(), issuing.certificate()));
      assertFalse(memory.issued(other.certificate(), leaf));
      assertFalse(memory.issued(other.certificate(), issuing.certificate()));
      assertFalse(memory.issued(otherKey, leaf));
      assertFalse(memory.issued(otherKey, issuing.certificate()));
    }
  }

  /** RFC 5280, 4.1.1.2: both name one algorithm, or a signature over the one could be moved. */
  @Test
  void twoAlgorithmsInOneCertificateAreNone() throws FormatException {
    var torn = issuing.otherAlgorithmInside(Subject.signer(Role.RELEASE));
    assertFalse(memory.issued(issuing.certificate(), torn));
    assertFalse(memory.issued(issuing.certificate().getSubjectPublicKeyInfo(), torn));
    var path = new CandidatePath(List.of(torn, issuing.certificate(), root.certificate()));
    assertTrue(Pkix.check(path, TestAuthority.FROM.plusSeconds(1), Set.of(), memory).failed());
  }
}
