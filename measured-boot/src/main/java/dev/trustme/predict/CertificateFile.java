// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Base64;
import java.util.regex.Pattern;

/** A certificate in a file: DER, or one in PEM (RFC 7468). Its content is not looked into. */
final class CertificateFile {
  private static final String STRUCTURE = "certificate";
  private static final int DER_SEQUENCE = 0x30;
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN CERTIFICATE-----\\s+([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

  private CertificateFile() {}

  static Bytes der(Bytes file) throws FormatException {
    if (!file.isEmpty() && file.at(0) == DER_SEQUENCE) {
      return file;
    }
    var matcher = PEM.matcher(file.utf8());
    if (!matcher.find()) {
      throw new FormatException(STRUCTURE, 0, "is neither DER nor PEM");
    }
    String base64 = matcher.group(1).replaceAll("\\s", "");
    if (matcher.find()) {
      throw new FormatException(STRUCTURE, matcher.start(), "a second certificate: expected one");
    }
    try {
      return Bytes.copyOf(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new FormatException(STRUCTURE, 0, "is not base64 between its PEM lines");
    }
  }
}
