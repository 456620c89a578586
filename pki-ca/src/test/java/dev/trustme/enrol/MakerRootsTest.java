// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.key.KeyType;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The certificates of real makers of TPMs: roots, and authorities below them. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class MakerRootsTest {
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private static TrustStore makers() throws Exception {
    Path folder = Path.of(System.getenv("TRUSTME_CORPUS"), "x509", "ek-roots");
    try (var entries = Files.list(folder)) {
      return TrustStore.load(entries.filter(f -> f.toString().endsWith(".pem")).sorted().toList());
    }
  }

  @Test
  void eachIsReadAndWasSignedByTheOneItNames() throws Exception {
    var all = makers().anchors();
    assertEquals(51, all.size());
    int signed = 0;
    for (var certificate : all) {
      var named = all.stream().filter(c -> c.getSubject().equals(certificate.getIssuer())).toList();
      if (!named.isEmpty()) {
        assertTrue(
            named.stream().anyMatch(issuer -> signed(issuer, certificate)),
            certificate.getSubject().toString());
        signed++;
      }
    }
    assertEquals(47, signed, "all but four, whose root is not among them");
  }

  private static boolean signed(X509CertificateHolder issuer, X509CertificateHolder certificate) {
    try {
      PublicKey key =
          new JcaPEMKeyConverter()
              .setProvider(PROVIDER)
              .getPublicKey(issuer.getSubjectPublicKeyInfo());
      var verifier =
          Signature.getInstance(
              certificate.getSignatureAlgorithm().getAlgorithm().getId(), PROVIDER);
      verifier.initVerify(key);
      verifier.update(certificate.toASN1Structure().getTBSCertificate().getEncoded("DL"));
      return verifier.verify(certificate.getSignature());
    } catch (GeneralSecurityException | IOException e) {
      return false;
    }
  }

  /** A software TPM's certificate leads to none of them, and that is the first reason. */
  @Test
  void theCertificateOfAnotherMakerIsRefused() throws Exception {
    var verifier =
        new RequestVerifier(
            new TpmMakers(makers(), Instant.parse("2026-11-23T12:00:00Z")),
            Arrays.asList(KeyType.values()),
            Nobody.KNOWN,
            Exceptions.NONE);
    var verdict = verifier.verify(EnrolmentRequest.parse(seed()));
    assertEquals(
        List.of("certificate-anchor"), verdict.failures().stream().map(Check::id).toList());
  }

  private static Bytes seed() throws IOException {
    try (var in =
        MakerRootsTest.class.getResourceAsStream("EnrolmentFuzzTestInputs/request/swtpm.json")) {
      return Bytes.copyOf(in == null ? new byte[0] : in.readAllBytes());
    }
  }
}
