// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.TestPki;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DsseSignerTest {
  private static final Bytes PAYLOAD = Bytes.utf8("{\"name\":\"web\"}");

  @TempDir private static Path dir;
  private static Path folder = Path.of("");

  @BeforeAll
  static void create() throws Exception {
    folder = dir.resolve("pki");
    TestPki.create(folder);
  }

  @Test
  void theVerifierAcceptsWhatWeSign() throws Exception {
    var envelope = signer(Role.CONTAINER).sign(DsseEnvelope.CONTAINER, PAYLOAD);
    assertEquals(envelope, DsseEnvelope.parse(envelope.encode()));
    var verdict = verify(envelope, 1);
    assertEquals(List.of(), failures(verdict));
    assertEquals(PAYLOAD, ((Verdict.Accepted<SignedPayload>) verdict).value().payload());
  }

  @Test
  void theSameInputGivesTheSameBytes() throws Exception {
    assertEquals(
        signer(Role.CONTAINER).sign(DsseEnvelope.CONTAINER, PAYLOAD).encode(),
        signer(Role.CONTAINER).sign(DsseEnvelope.CONTAINER, PAYLOAD).encode());
  }

  @Test
  void anythingElseIsRefused() throws Exception {
    var good = signer(Role.CONTAINER).sign(DsseEnvelope.CONTAINER, PAYLOAD);
    var other =
        new DsseEnvelope(good.payloadType(), Bytes.utf8("{\"name\":\"wob\"}"), good.signatures());
    assertEquals(List.of("signature", "signatures"), failures(verify(other, 1)));
    var type = signer(Role.CONTAINER).sign(DsseEnvelope.RELEASE, PAYLOAD);
    assertEquals(List.of("payload-type"), failures(verify(type, 1)));
    var retyped = new DsseEnvelope(good.payloadType(), PAYLOAD, type.signatures());
    assertEquals(List.of("signature", "signatures"), failures(verify(retyped, 1)));
    var role = signer(Role.LAYER).sign(DsseEnvelope.CONTAINER, PAYLOAD);
    assertEquals(List.of("signer-role", "signatures"), failures(verify(role, 1)));
  }

  @Test
  void aThresholdCountsDistinctKeys() throws Exception {
    var good = signer(Role.CONTAINER).sign(DsseEnvelope.CONTAINER, PAYLOAD);
    var twice =
        new DsseEnvelope(
            good.payloadType(),
            PAYLOAD,
            List.of(good.signatures().getFirst(), good.signatures().getFirst()));
    assertEquals(List.of("signature-distinct", "signatures"), failures(verify(twice, 2)));
  }

  @Test
  void theChainBeginsWithTheKeysCertificate() throws Exception {
    var pki = PkiFolder.open(folder);
    try (var key = pki.key(Role.LAYER, Passphrase.of(new char[0]))) {
      var chain = pki.chain(Role.CONTAINER);
      assertThrows(IllegalArgumentException.class, () -> new DsseSigner(key, chain));
      assertThrows(IllegalArgumentException.class, () -> new DsseSigner(key, List.of()));
    }
  }

  @Test
  void severalSignersMakeOneEnvelope() throws Exception {
    var container = signer(Role.CONTAINER);
    var layer = signer(Role.LAYER);
    var both =
        new DsseEnvelope(
            DsseEnvelope.CONTAINER,
            PAYLOAD,
            List.of(
                layer.sign(DsseEnvelope.CONTAINER, PAYLOAD).signatures().getFirst(),
                container.sign(DsseEnvelope.CONTAINER, PAYLOAD).signatures().getFirst()));
    assertTrue(verify(both, 1).accepted());
  }

  private static DsseSigner signer(Role role) throws Exception {
    var pki = PkiFolder.open(folder);
    return new DsseSigner(pki.key(role, Passphrase.of(new char[0])), pki.chain(role));
  }

  private static Verdict<SignedPayload> verify(DsseEnvelope envelope, int threshold)
      throws Exception {
    var roots = TrustStore.load(List.of(folder.resolve("certs/software-root.pem")));
    return new DsseVerifier(roots, Role.CONTAINER, threshold, TestPki.AT)
        .verify(envelope, DsseEnvelope.CONTAINER);
  }

  private static List<String> failures(Verdict<?> verdict) {
    return verdict.failures().stream().map(Check::id).toList();
  }
}
