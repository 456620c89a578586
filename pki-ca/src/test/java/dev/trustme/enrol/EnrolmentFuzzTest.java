// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.issue.CertificatePlan;
import dev.trustme.issue.Issuer;
import dev.trustme.issue.TestPki;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.testing.HostileBytes;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;

/** Whatever a device sends or a register holds: malformed or refused, never a crash. */
class EnrolmentFuzzTest {
  private static final TrustStore ROOTS = new TrustStore(List.of(root()));

  private static X509CertificateHolder root() {
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

  private static void judge(EnrolmentRequest asked) throws FormatException {
    var verifier =
        new RequestVerifier(
            new TpmMakers(ROOTS, TestPki.AT),
            Arrays.asList(KeyType.values()),
            Nobody.KNOWN,
            Exceptions.NONE);
    try {
      assertFalse(verifier.verify(asked).accepted());
    } catch (IOException e) {
      throw new AssertionError("a register in memory", e);
    }
  }

  @FuzzTest
  void request(byte[] json) {
    HostileBytes.check(json, bytes -> judge(EnrolmentRequest.parse(bytes)));
  }

  /** The certificate alone, so that mutation reaches its DER. */
  @FuzzTest
  void certificate(byte[] der) {
    HostileBytes.check(der, bytes -> judge(around(bytes, EMPTY, EMPTY, Optional.empty())));
  }

  /** What the attestation key is said to have signed. */
  @FuzzTest
  void statement(byte[] attest) {
    HostileBytes.check(
        attest,
        bytes -> {
          var said = new EnrolmentRequest.Statement(bytes, SIGNATURE);
          var firmware = new EnrolmentRequest.Firmware(said, Bytes.empty());
          judge(around(CERTIFICATE, bytes, SIGNATURE, Optional.of(firmware)));
        });
  }

  private static EnrolmentRequest around(
      Bytes certificate, Bytes attest, Bytes proof, Optional<EnrolmentRequest.Firmware> firmware) {
    return new EnrolmentRequest(
        EnrolmentRequest.SCHEMA,
        new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44"),
        new EnrolmentRequest.Endorsement(certificate, List.of(), KEY),
        new EnrolmentRequest.Attestation(KEY),
        new EnrolmentRequest.Identity(
            KEY, new EnrolmentRequest.Statement(attest, SIGNATURE), proof),
        firmware);
  }

  @FuzzTest
  void pending(byte[] json) {
    HostileBytes.check(
        json,
        bytes -> {
          var pending = PendingEnrolment.parse(bytes);
          assertEquals(pending, PendingEnrolment.parse(pending.encode()));
        });
  }

  @FuzzTest
  void registered(byte[] json) {
    HostileBytes.check(
        json,
        bytes -> {
          var device = RegisteredDevice.parse(bytes);
          assertEquals(device, RegisteredDevice.parse(device.encode()));
          device.current().certificates();
        });
  }

  @FuzzTest
  void index(byte[] json) {
    HostileBytes.check(json, DeviceRegister.EndorsementIndex::parse);
  }

  private static final Bytes EMPTY = Bytes.empty();

  private static final Bytes KEY =
      Bytes.fromHex(
          "00580023000b00050072000000100018000b000300100020ac465397c570f30694c67ab1bcca424c52691439"
              + "0922d2377cc5df3a6d2912dd0020bcbfe53a10ac0db0898565d87435175a17213701cc7055a076ac9920"
              + "e346bed9");

  private static final Bytes SIGNATURE =
      Bytes.fromHex("0018000b" + "0020" + "11".repeat(32) + "0020" + "22".repeat(32));

  private static final Bytes CERTIFICATE = Bytes.copyOf(der());

  private static byte[] der() {
    try (var in =
        EnrolmentFuzzTest.class.getResourceAsStream(
            "EnrolmentFuzzTestInputs/certificate/swtpm-ek.der")) {
      return in == null ? new byte[0] : in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
