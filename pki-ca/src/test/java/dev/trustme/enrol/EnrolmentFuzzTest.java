// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.Issuer;
import dev.trustme.issue.TestPki;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.TrustStore;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;

/** Whatever a device sends: malformed or refused, never a crash. */
class EnrolmentFuzzTest {
  private static final TrustStore ROOTS = new TrustStore(List.of(root()));

  private static org.bouncycastle.cert.X509CertificateHolder root() {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      return Issuer.selfSigned(
          new CertificatePlan(
              new X500Name("CN=swtpm-localca"),
              key.publicKey(),
              CertificatePlan.Validity.years(TestPki.AT, 20),
              new CertificatePlan.Kind.Authority(Optional.empty())),
          key);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @FuzzTest
  void request(byte[] json) {
    try {
      new RequestVerifier(ROOTS, TestPki.AT).verify(EnrolmentRequest.parse(Bytes.copyOf(json)));
    } catch (FormatException e) {
      return;
    }
  }

  /** The certificate alone, so that mutation reaches its DER. */
  @FuzzTest
  void certificate(byte[] der) {
    Bytes ek = Bytes.fromHex(KEY);
    var request =
        new EnrolmentRequest(
            EnrolmentRequest.SCHEMA,
            new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44"),
            Bytes.copyOf(der),
            ek,
            ek);
    try {
      var verdict = new RequestVerifier(ROOTS, TestPki.AT).verify(request);
      assertEquals(false, verdict.accepted());
    } catch (FormatException e) {
      return;
    }
  }

  private static final String KEY =
      "00580023000b00050072000000100018000b000300100020ac465397c570f30694c67ab1bcca424c526914390922d2377cc5df3a6d2912dd0020bcbfe53a10ac0db0898565d87435175a17213701cc7055a076ac9920e346bed9";

  @FuzzTest
  void pending(byte[] json) {
    try {
      var pending = PendingEnrolment.parse(Bytes.copyOf(json));
      assertEquals(pending, PendingEnrolment.parse(pending.encode()));
    } catch (FormatException e) {
      return;
    }
  }
}
