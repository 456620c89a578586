// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A PKI and a signed configuration that GyroidOS's own scripts made. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class GyroidosCorpusTest {
  private static final Path CORPUS =
      Path.of(String.valueOf(System.getenv("TRUSTME_CORPUS")), "gyroidos");

  private static Bytes file(String name) throws Exception {
    return Inputs.read(CORPUS.resolve(name));
  }

  @Test
  void itsSignatureVerifies() throws Exception {
    var leaf = Certificates.parse(file("guestos.cert")).getFirst();
    var key = leaf.getSubjectPublicKeyInfo();
    var by = SignatureAlgorithm.RsaPss.of(HashAlgorithm.SHA512).identifier();
    assertTrue(SignatureScheme.verify(key, by, file("guestos.conf"), file("guestos.sig")));
    var changed = Bytes.concat(file("guestos.conf"), Bytes.utf8("\n"));
    assertFalse(SignatureScheme.verify(key, by, changed, file("guestos.sig")));
    var other = SignatureAlgorithm.RsaPss.of(HashAlgorithm.SHA256).identifier();
    assertFalse(SignatureScheme.verify(key, other, file("guestos.conf"), file("guestos.sig")));
  }

  /** Every certificate leads by valid signatures to a root; what else the lint says is known. */
  @Test
  void itsChainsVerify() throws Exception {
    List<X509CertificateHolder> all = new ArrayList<>();
    for (String stem :
        List.of(
            "ssig_rootca",
            "ssig",
            "ssig_cml",
            "gen_rootca",
            "device_subca",
            "backend",
            "user_subca",
            "ocsp_server")) {
      all.addAll(Certificates.parse(file(stem + ".cert")));
    }
    var set = new SetLint(all);
    assertEquals(11, set.certificates().size());
    Set<LintRule> found = EnumSet.noneOf(LintRule.class);
    for (var certificate : set.certificates()) {
      set.findings(certificate).forEach(f -> found.add(f.rule()));
    }
    set.shared().values().forEach(fs -> fs.forEach(f -> found.add(f.rule())));
    for (LintRule rule :
        List.of(
            LintRule.ISSUER_MISSING,
            LintRule.SIGNATURE,
            LintRule.ISSUER_NAME,
            LintRule.IDENTIFIER_CHAIN,
            LintRule.ISSUER_AUTHORITY,
            LintRule.ISSUER_KEY_USAGE,
            LintRule.VALIDITY_NESTING,
            LintRule.SERIAL_REUSED,
            LintRule.KEY_REUSED,
            LintRule.RSA_ROCA,
            LintRule.RSA_FACTOR)) {
      assertFalse(found.contains(rule), rule.id());
    }
    for (LintRule rule :
        List.of(
            LintRule.EKU_MISSING,
            LintRule.KEY_USAGE_AUTHORITY,
            LintRule.KEY_USAGE_OF_KEY,
            LintRule.SIGNATURE_SCHEME)) {
      assertTrue(found.contains(rule), rule.id());
    }
  }
}
