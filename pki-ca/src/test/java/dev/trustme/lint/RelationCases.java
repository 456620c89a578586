// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static dev.trustme.lint.Specimen.LEAF_KEY;
import static dev.trustme.lint.Specimen.ROOT;
import static dev.trustme.lint.Specimen.ROOT_KEY;
import static dev.trustme.lint.Specimen.authority;
import static dev.trustme.lint.Specimen.leaf;
import static dev.trustme.lint.Specimen.root;

import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certificates that break one rule about them and their issuers. */
record RelationCases(Map<LintRule, Supplier<List<Finding>>> cases) {
  void put() {
    issuers();
  }

  private void issuers() {
    cases.put(LintRule.ISSUER_MISSING, () -> CertificateLint.findings(leaf().sign()));
    cases.put(
        LintRule.ISSUER_NAME,
        () -> {
          var leaf = leaf();
          leaf.issuer = new X500Name("CN=ro0t");
          return find(leaf);
        });
    cases.put(
        LintRule.ISSUER_AUTHORITY,
        () -> below(root().put(Extension.basicConstraints, true, new BasicConstraints(false))));
    cases.put(
        LintRule.ISSUER_KEY_USAGE,
        () -> below(root().put(Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign))));
    cases.put(
        LintRule.PATH_LENGTH,
        () ->
            CertificateLint.findings(
                authority().sign(),
                root().put(Extension.basicConstraints, true, new BasicConstraints(0)).sign()));
    cases.put(
        LintRule.SIGNATURE,
        () -> {
          var leaf = leaf();
          leaf.issuerKey = LEAF_KEY;
          return find(leaf);
        });
    cases.put(LintRule.SIGNATURE_SCHEME, RelationCases::otherScheme);
    cases.put(
        LintRule.VALIDITY_NESTING,
        () -> {
          var leaf = leaf();
          leaf.until = new Time(Date.from(Instant.parse("2029-11-22T10:14:04Z")));
          return find(leaf);
        });
    cases.put(
        LintRule.IDENTIFIER_CHAIN,
        () ->
            find(
                leaf()
                    .put(
                        Extension.authorityKeyIdentifier,
                        false,
                        new AuthorityKeyIdentifier(new byte[20]))));
    cases.put(LintRule.KEY_OF_ISSUER, () -> LintRuleTest.key(ROOT_KEY.publicKey()));
    cases.put(
        LintRule.SUBJECT_OF_ISSUER, () -> find(LintRuleTest.subject(new X500Name("CN=root"))));
    cases.put(LintRule.EKU_CHAIN, () -> below(root().purposes(Role.RELEASE)));
  }

  private static List<Finding> below(Specimen issuer) {
    return CertificateLint.findings(leaf().sign(), issuer.sign());
  }

  /** A PKCS#1 signature with SHA-512, where the suite's scheme of RSA keys has SHA-256. */
  private static List<Finding> otherScheme() {
    var key = SigningKey.generate(KeyType.RSA_2048);
    var sha512 =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.sha512WithRSAEncryption, DERNull.INSTANCE);
    var root = root();
    root.key = key.publicKey();
    root.issuerKey = key;
    root.inner = key.algorithm();
    var leaf = leaf();
    leaf.issuerKey = key;
    leaf.inner = sha512;
    leaf.identifiers();
    var tbs = leaf.sign().toASN1Structure().getTBSCertificate();
    var signed = new ArrayList<X509CertificateHolder>();
    try {
      var signer = key.contentSigner(sha512);
      signer.getOutputStream().write(tbs.getEncoded("DER"));
      signed.add(
          new X509CertificateHolder(
              new DERSequence(
                      new org.bouncycastle.asn1.ASN1Encodable[] {
                        tbs, sha512, new DERBitString(signer.getSignature())
                      })
                  .getEncoded("DER")));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
    return CertificateLint.findings(signed.getFirst(), root.identifiers().sign());
  }

  private static List<Finding> find(Specimen specimen) {
    return CertificateLint.findings(specimen.sign(), ROOT);
  }
}
