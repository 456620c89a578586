// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.issue.CertificatePlan.Kind;
import dev.trustme.issue.CertificatePlan.Validity;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.lint.CertificateLint;
import dev.trustme.lint.Finding;
import dev.trustme.trust.Role;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;

class CertificateLintTest {
  private static final Validity YEARS = Validity.years(TestPki.AT, 5);
  private static final SigningKey ROOT_KEY = SigningKey.generate(KeyType.EC_P256);
  private static final SigningKey LEAF_KEY = SigningKey.generate(KeyType.EC_P256);

  @Test
  void acceptsWhatItShould() throws Exception {
    var root = root(Optional.of(0));
    var leaf = Issuer.of(root, ROOT_KEY).issue(leaf(YEARS, LEAF_KEY.publicKey()));
    assertEquals(List.of(), CertificateLint.findings(root, root));
    assertEquals(List.of(), CertificateLint.findings(leaf, root));
    assertTrue(leaf.getSerialNumber().signum() > 0);
    assertEquals(16, leaf.getSerialNumber().toByteArray().length);
  }

  @Test
  void nothingOutlivesItsIssuer() throws Exception {
    refused(leaf(Validity.years(TestPki.AT, 6), LEAF_KEY.publicKey()), "outside its issuer's");
    refused(
        leaf(Validity.years(TestPki.AT.minusSeconds(1), 5), LEAF_KEY.publicKey()),
        "outside its issuer's");
    refused(
        leaf(
            new Validity(TestPki.AT.plusSeconds(9), TestPki.AT.plusSeconds(8)),
            LEAF_KEY.publicKey()),
        "ends before it begins");
  }

  @Test
  void aPathLengthOfZeroAllowsNoAuthority() throws Exception {
    refused(
        new CertificatePlan(
            new X500Name("CN=sub"),
            LEAF_KEY.publicKey(),
            YEARS,
            new Kind.Authority(Optional.empty())),
        "path length allows no further authority");
  }

  @Test
  void theIssuersKeyIsNotCertifiedAgain() throws Exception {
    refused(leaf(YEARS, ROOT_KEY.publicKey()), "key is the issuer's own");
  }

  @Test
  void anyPurposeIsNoPurpose() throws Exception {
    refused(
        new CertificatePlan(
            new X500Name("CN=leaf"),
            LEAF_KEY.publicKey(),
            YEARS,
            new Kind.EndEntity(List.of(KeyPurposeId.anyExtendedKeyUsage), Optional.empty())),
        "extended key usage");
  }

  @Test
  void anEndEntityIssuesNothing() throws Exception {
    var root = root(Optional.of(0));
    var leaf = Issuer.of(root, ROOT_KEY).issue(leaf(YEARS, LEAF_KEY.publicKey()));
    var other = SigningKey.generate(KeyType.EC_P256);
    var plan =
        new CertificatePlan(
            new X500Name("CN=below"),
            other.publicKey(),
            YEARS,
            new Kind.EndEntity(List.of(), Optional.empty()));
    var e =
        assertThrows(GeneralSecurityException.class, () -> Issuer.of(leaf, LEAF_KEY).issue(plan));
    assertTrue(String.valueOf(e.getMessage()).contains("issuer is no authority"), e.toString());
  }

  @Test
  void namesWhatABareCertificateLacks() throws Exception {
    var root = root(Optional.of(0));
    var bare =
        new X509v3CertificateBuilder(
                new X500Name("CN=another"),
                BigInteger.ZERO,
                Date.from(YEARS.from()),
                Date.from(YEARS.until()),
                new X500Name("CN=leaf"),
                LEAF_KEY.publicKey())
            .build(LEAF_KEY.contentSigner());
    var findings =
        CertificateLint.findings(bare, root).stream()
            .map(Finding::toString)
            .collect(Collectors.joining("; "));
    for (String expected :
        List.of(
            "serial number",
            "issuer name differs",
            "signature does not verify",
            "no subject key identifier",
            "authority key identifier",
            "no basic constraints",
            "key usage")) {
      assertTrue(findings.contains(expected), findings);
    }
  }

  private static void refused(CertificatePlan plan, String finding) throws Exception {
    var issuer = Issuer.of(root(Optional.of(0)), ROOT_KEY);
    var e = assertThrows(GeneralSecurityException.class, () -> issuer.issue(plan));
    assertTrue(String.valueOf(e.getMessage()).contains(finding), e.toString());
  }

  private static X509CertificateHolder root(Optional<Integer> pathLength)
      throws GeneralSecurityException {
    return Issuer.selfSigned(
        new CertificatePlan(
            new X500Name("CN=root"), ROOT_KEY.publicKey(), YEARS, new Kind.Authority(pathLength)),
        ROOT_KEY);
  }

  private static CertificatePlan leaf(Validity validity, SubjectPublicKeyInfo key) {
    return new CertificatePlan(
        new X500Name("CN=leaf"),
        key,
        validity,
        new Kind.EndEntity(
            List.of(KeyPurposeId.getInstance(Role.LAYER.usage())), Optional.empty()));
  }
}
