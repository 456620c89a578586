// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.regex.Pattern;

/** A PKCS#7 file: DER, or PEM of RFC 7468, 9, with the label that openssl writes too. */
final class DetachedPkcs7 {
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN (PKCS7|CMS)-----\\s+([A-Za-z0-9+/=\\s]+)-----END \\1-----\\s*");

  private DetachedPkcs7() {}

  static Bytes der(Bytes file) throws FormatException {
    if (file.isEmpty() || file.at(0) != '-') {
      return file;
    }
    var matcher = PEM.matcher(file.utf8());
    if (!matcher.matches()) {
      throw new FormatException("PEM", 0, "expected one block PKCS7 or CMS");
    }
    try {
      return Bytes.fromBase64(matcher.group(2).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new FormatException("PEM", 0, "is not base64");
    }
  }
}
