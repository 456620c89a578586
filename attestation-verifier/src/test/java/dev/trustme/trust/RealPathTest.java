// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Certificates that others made: TPM makers, swtpm and GyroidOS. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class RealPathTest {
  private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
  private static final Instant MAKERS_AT = Instant.parse("2018-12-01T00:00:00Z");

  @Test
  void everyMakersAuthorityIsReadable() throws IOException, FormatException {
    Map<String, String> findings = new TreeMap<>();
    for (var authority : makers().entrySet()) {
      var alone = new CandidatePath(List.of(authority.getValue()));
      CertificateForm.findings(alone, CertificateRules.TPM_VENDOR)
          .forEach(f -> findings.put(authority.getKey(), f.id() + " " + f.seen()));
    }
    assertEquals(Map.of(), findings);
    assertEquals(51, makers().size());
  }

  /** Intermediates under roots of the same folder, as the path of an endorsement key has them. */
  @Test
  void makersPathsHold() throws IOException, FormatException {
    Set<String> weak = new TreeSet<>();
    int valid = 0;
    for (var below : makers().entrySet()) {
      for (var above : makers().values()) {
        var certificate = below.getValue();
        if (certificate.equals(above) || !certificate.getIssuer().equals(above.getSubject())) {
          continue;
        }
        var path = new CandidatePath(List.of(certificate, above));
        if (!CertificateForm.findings(path, CertificateRules.TPM_VENDOR).isEmpty()) {
          weak.add(below.getKey());
          continue;
        }
        assertTrue(!Pkix.asReceived(path).failed(), below.getKey());
        if (Certificates.inOrder(certificate)) {
          var checked = Pkix.check(path, MAKERS_AT, Set.of(), new PathMemory());
          assertTrue(!checked.failed(), below.getKey());
        }
        assertTrue(!PathRules.usages(path, Role.ENDORSEMENT_KEY).failed(), below.getKey());
        valid++;
      }
    }
    // Signed with SHA-1 in the days of TPM 1.2: good as anchors, but not below others.
    assertEquals(17, weak.size(), weak.toString());
    assertEquals(19, valid);
  }

  private static Map<String, X509CertificateHolder> makers() throws IOException, FormatException {
    Map<String, X509CertificateHolder> all = new TreeMap<>();
    try (var files = Files.list(corpus("x509/ek-roots"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pem")).toList()) {
        var certificates = Certificates.parseAllAsReceived(Inputs.read(file));
        assertEquals(1, certificates.size(), file.toString());
        all.put(file.getFileName().toString(), certificates.getFirst());
      }
    }
    return all;
  }

  @Test
  void aSoftwareTpmsEndorsementKeyIsTrusted() throws IOException, FormatException {
    var store = new TrustStore(certificates("real-boot/swtpm/issuercert.pem"));
    for (String key : List.of("ek-rsa.der", "ek-ecc.der")) {
      var chain = certificates("real-boot/swtpm/" + key);
      assertEquals(
          List.of(),
          failures(new PathValidator(store, AT).validate(chain, Role.ENDORSEMENT_KEY)),
          key);
      assertTrue(!new PathValidator(store, AT).validate(chain, Role.ATTESTATION_KEY).accepted());
    }
  }

  /** Its signers have no roles, so only a policy that says so takes them. */
  @Test
  void gyroidosSignersPassUnderAWiderPolicy() throws IOException, FormatException {
    var store = new TrustStore(certificates("gyroidos/ssig_rootca.cert"));
    var validator = new PathValidator(store, AT);
    var policy = PathPolicy.of(Role.GUEST_OS);
    for (String signer : List.of("guestos.cert", "ssig_cml.cert", "ssig.cert")) {
      var chain = new ArrayList<>(certificates("gyroidos/" + signer));
      assertEquals(List.of("signer-role"), failures(validator.validate(chain, policy)), signer);
      var wider = validator.validate(chain, policy.with(CertificateRules.WIDER_KEYS));
      assertEquals(List.of(), failures(wider), signer);
      assertTrue(wider.checks().stream().anyMatch(Check::warns), signer);
    }
    var authority = certificates("gyroidos/ssig_subca.cert");
    assertTrue(!validator.validate(authority, policy.with(CertificateRules.WIDER_KEYS)).accepted());
  }

  @Test
  void gyroidosBackendIsAServerAndNoResponder() throws IOException, FormatException {
    var store = new TrustStore(certificates("gyroidos/gen_rootca.cert"));
    var validator = new PathValidator(store, AT);
    var backend = certificates("gyroidos/backend.cert");
    assertEquals(
        List.of(), failures(validator.validate(backend, PathPolicy.of(TlsPurpose.TLS_SERVER))));
    assertEquals(
        List.of("signer-role"),
        failures(validator.validate(certificates("gyroidos/ocsp_server.cert"), Role.OCSP)));
  }

  private static List<String> failures(Verdict<?> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }

  private static List<X509CertificateHolder> certificates(String file)
      throws IOException, FormatException {
    return Certificates.parse(Inputs.read(corpus(file)));
  }

  private static Path corpus(String name) {
    return Path.of(System.getenv("TRUSTME_CORPUS")).resolve(name);
  }
}
