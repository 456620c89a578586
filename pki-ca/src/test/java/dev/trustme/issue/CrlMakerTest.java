// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.issue.CrlMaker.Made;
import dev.trustme.issue.Revocations.Entry;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrlMakerTest {
  private static final Instant AT = TestPki.AT;

  @TempDir private Path dir;
  private final SigningKey key = SigningKey.generate(KeyType.EC_P256);
  private X509CertificateHolder authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority =
        Issuer.selfSigned(
            new CertificatePlan(
                new X500Name("CN=Lists"),
                key.publicKey(),
                Validity.years(AT, 1),
                new Kind.Authority(Optional.empty())),
            key);
  }

  @AfterEach
  void closeKey() {
    key.close();
  }

  @Test
  void opensslReadsFullAndDeltaLists() throws Exception {
    var entries =
        List.of(
            entry("7a", RevocationReason.KEY_COMPROMISE, AT),
            entry("1b00ff", RevocationReason.UNSPECIFIED, AT));
    var full = lists(AT).full(entries, Optional.empty(), 30, Optional.empty());
    String text = text(full);
    assertTrue(text.contains("Serial Number: 7A"), text);
    assertTrue(text.contains("Serial Number: 1B00FF"), text);
    assertTrue(text.contains("Key Compromise"), text);
    assertFalse(text.contains("Unspecified"), text);
    assertTrue(text.contains("X509v3 CRL Number: \n                1\n"), text);
    assertTrue(text.contains("verify OK"), text);

    var longer =
        List.of(entries.get(0), entries.get(1), entry("c0", RevocationReason.SUPERSEDED, AT));
    String delta = text(lists(AT.plusSeconds(60)).delta(longer, full.state(), 7));
    assertTrue(delta.contains("X509v3 Delta CRL Indicator: critical\n                1\n"), delta);
    assertTrue(delta.contains("Serial Number: C0"), delta);
    assertFalse(delta.contains("Serial Number: 7A"), delta);
    assertTrue(delta.contains("X509v3 CRL Number: \n                2\n"), delta);
  }

  @Test
  void anEmptyListHasNoEntries() throws Exception {
    var made = lists(AT).full(List.of(), Optional.empty(), 30, Optional.empty());
    assertTrue(text(made).contains("No Revoked Certificates"));
  }

  @Test
  void numbersOnlyGrow() {
    var first = lists(AT).full(List.of(), Optional.empty(), 30, Optional.empty()).state();
    var delta = lists(AT).delta(List.of(), first, 7).state();
    var second = lists(AT).full(List.of(), Optional.of(delta), 30, Optional.empty()).state();
    assertEquals(List.of(1L, 2L, 3L), List.of(first.number(), delta.number(), second.number()));
    assertEquals(1, delta.base());
    assertEquals(3, second.base());
  }

  /** One list after its end still names the certificate; the next one no more. */
  @Test
  void expiredCertificatesLeaveAfterOneMoreList() {
    var gone =
        List.of(
            new Entry(
                "ca",
                "7a",
                digest("x"),
                "CN=x",
                RevocationReason.SUPERSEDED,
                AT,
                AT.plusSeconds(10)));
    var before = lists(AT).full(gone, Optional.empty(), 30, Optional.empty());
    var after =
        lists(AT.plusSeconds(20)).full(gone, Optional.of(before.state()), 30, Optional.empty());
    var later =
        lists(AT.plusSeconds(30)).full(gone, Optional.of(after.state()), 30, Optional.empty());
    assertEquals(List.of(1, 1, 0), List.of(before.entries(), after.entries(), later.entries()));
  }

  @Test
  void aListEndsWithItsAuthority() {
    var late = lists(authority.getNotAfter().toInstant().minusSeconds(60));
    var made = late.full(List.of(), Optional.empty(), 30, Optional.empty());
    assertEquals(authority.getNotAfter().toInstant(), made.state().nextUpdate());
  }

  @Test
  void revocationsAreReadStrictlyAndRefuseASecondTime() throws Exception {
    var one = Revocations.none().with(entry("7a", RevocationReason.KEY_COMPROMISE, AT));
    assertEquals(one, Revocations.parse(one.encode()));
    var twice =
        assertThrows(
            GeneralSecurityException.class,
            () -> one.with(entry("7a", RevocationReason.SUPERSEDED, AT)));
    assertTrue(twice.toString().contains("is revoked already, since 2026"), twice.toString());
    String text = one.encode().utf8();
    for (String[] change :
        new String[][] {
          {"\"7a\"", "\"07a\""},
          {"key-compromise", "certificate-hold"},
          {"\"ca\"", "\"../ca\""},
          {"revocation/1", "revocation/2"},
          {"\"lists\" : { }", "\"lists\" : { \"ca\" : { \"number\" : 1, \"base\" : 2 } }"}
        }) {
      String broken = text.replace(change[0], change[1]);
      assertFalse(broken.equals(text), change[0]);
      assertThrows(FormatException.class, () -> Revocations.parse(Bytes.utf8(broken)));
    }
  }

  private CrlMaker lists(Instant at) {
    return new CrlMaker(authority, key, at);
  }

  private static Entry entry(String serial, RevocationReason reason, Instant at) {
    return new Entry(
        "ca", serial, digest(serial), "CN=" + serial, reason, at, AT.plusSeconds(1_000_000));
  }

  private static dev.trustme.bytes.Digest digest(String text) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(text));
  }

  private String text(Made made) throws Exception {
    Path ca = dir.resolve("ca.pem");
    Path list = dir.resolve("list.crl");
    Files.writeString(ca, dev.trustme.trust.Certificates.pem(List.of(authority)));
    Files.write(list, made.list().getEncoded());
    return Judge.accepts(
        "openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-text", "-CAfile", ca);
  }
}
