// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateDatesTest {
  static Stream<String> days() {
    return IntStream.range(0, 12 * 33)
        .mapToObj(i -> "%02d%02d%02d".formatted((i * 7) % 100, i % 12 + 1, i / 12 + 1));
  }

  /** Every month with 1 to 33 days, in years of both centuries. */
  @ParameterizedTest
  @MethodSource("days")
  void agreesWithTheLibrary(String day) {
    var utc = new Time(new DERUTCTime(day + "235958Z"));
    assertEquals(utc.getDate().toInstant(), CertificateDates.instant(utc));
    for (String century : new String[] {"19", "20", "99"}) {
      var full = new Time(new DERGeneralizedTime(century + day + "000001Z"));
      assertEquals(full.getDate().toInstant(), CertificateDates.instant(full));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2611221200Z",
        "261122120000+0100",
        "2611221200-0030",
        "261122240000Z",
        "261122126060Z",
        "260022120000Z",
        "261322120000Z"
      })
  void leavesOtherFormsToTheLibrary(String text) {
    var time = new Time(new DERUTCTime(text));
    assertEquals(time.getDate().toInstant(), CertificateDates.instant(time));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20261122120000.5Z",
        "20261122120000+0100",
        "15000229120000Z",
        "00010101000000Z",
        "18991231235959Z"
      })
  void leavesOtherFullFormsToTheLibrary(String text) {
    var time = new Time(new DERGeneralizedTime(text));
    assertEquals(time.getDate().toInstant(), CertificateDates.instant(time));
  }

  @Test
  void bothEndsBelongToTheValidity() {
    var certificate = TestAuthority.root("CN=ends").certificate();
    var from = certificate.getNotBefore().toInstant();
    var to = certificate.getNotAfter().toInstant();
    for (Instant at : new Instant[] {from, to}) {
      assertTrue(CertificateDates.isValidAt(certificate, at));
    }
    assertFalse(CertificateDates.isValidAt(certificate, from.minusSeconds(1)));
    assertFalse(CertificateDates.isValidAt(certificate, to.plusSeconds(1)));
  }
}
