// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureScheme;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;

/** The pre-authentication encoding: no other division or spelling of the same bytes verifies. */
class EnvelopeConfusionTest {
  private static final String TYPE = "application/x";
  private static final String PAYLOAD = "{\"a\":1}";

  @Test
  void onlyTheEncodingWithBothLengthsVerifies() {
    try (var key = SigningKey.generate(KeyType.EC_P256)) {
      var certificate =
          new X509v3CertificateBuilder(
                  new X500Name("CN=x"),
                  BigInteger.ONE,
                  Date.from(Instant.EPOCH),
                  Date.from(Instant.EPOCH.plusSeconds(1)),
                  new X500Name("CN=x"),
                  key.publicKey())
              .build(key.contentSigner());
      Bytes message = DsseEnvelope.preAuthenticationEncoding(TYPE, Bytes.utf8(PAYLOAD));
      assertTrue(SignatureScheme.verify(certificate, message, key.sign(message)));
      List<Bytes> others =
          List.of(
              Bytes.utf8(PAYLOAD),
              Bytes.utf8("DSSEv1 " + TYPE + " " + PAYLOAD),
              DsseEnvelope.preAuthenticationEncoding(
                  TYPE + " 7 " + PAYLOAD.charAt(0), Bytes.utf8(PAYLOAD.substring(1))),
              DsseEnvelope.preAuthenticationEncoding(TYPE + " ", Bytes.utf8(PAYLOAD)),
              DsseEnvelope.preAuthenticationEncoding(TYPE, Bytes.utf8(PAYLOAD + " ")));
      for (Bytes other : others) {
        assertFalse(SignatureScheme.verify(certificate, message, key.sign(other)), other.utf8());
      }
    }
  }
}
