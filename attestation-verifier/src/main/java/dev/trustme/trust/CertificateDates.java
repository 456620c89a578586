// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The dates of a certificate. Those in the one form that RFC 5280, 4.1.2.5 allows are read here, as
 * the library makes a calendar for each; it reads all others.
 */
final class CertificateDates {
  private static final int UTC_SIZE = "YYMMDDHHMMSSZ".length();
  private static final int GENERALIZED_SIZE = "YYYYMMDDHHMMSSZ".length();

  /** Before, calendars differ. */
  private static final int FIRST_YEAR = 1900;

  private CertificateDates() {}

  static Instant notBefore(X509CertificateHolder certificate) {
    return instant(certificate.toASN1Structure().getStartDate());
  }

  static Instant notAfter(X509CertificateHolder certificate) {
    return instant(certificate.toASN1Structure().getEndDate());
  }

  /** RFC 5280, 4.1.2.5: both ends belong to the validity. */
  static boolean isValidAt(X509CertificateHolder certificate, Instant at) {
    return !at.isBefore(notBefore(certificate)) && !at.isAfter(notAfter(certificate));
  }

  static Instant instant(Time time) {
    return switch (time.toASN1Primitive()) {
      case ASN1UTCTime utc -> instant(time, utc.toString(), UTC_SIZE);
      case ASN1GeneralizedTime full -> instant(time, full.getTimeString(), GENERALIZED_SIZE);
      default -> time.getDate().toInstant();
    };
  }

  private static Instant instant(Time time, String text, int size) {
    boolean usual =
        text.length() == size
            && text.endsWith("Z")
            && text.chars().limit(size - 1L).allMatch(c -> c >= '0' && c <= '9');
    int yearDigits = size - UTC_SIZE + 2;
    int year = usual ? number(text, 0, yearDigits) : 0;
    if (usual && yearDigits == 2) {
      year += year < 50 ? 2000 : FIRST_YEAR;
    }
    try {
      return year >= FIRST_YEAR ? at(year, text, yearDigits) : time.getDate().toInstant();
    } catch (DateTimeException e) {
      // The library counts days that a month does not have into the next one.
      return time.getDate().toInstant();
    }
  }

  private static Instant at(int year, String text, int from) {
    return LocalDateTime.of(
            year,
            number(text, from, 2),
            number(text, from + 2, 2),
            number(text, from + 4, 2),
            number(text, from + 6, 2),
            number(text, from + 8, 2))
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int from, int digits) {
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      number = 10 * number + (text.charAt(i) - '0');
    }
    return number;
  }
}
