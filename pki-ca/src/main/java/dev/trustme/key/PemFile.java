// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** PEM (RFC 7468) with one object. */
final class PemFile {
  private PemFile() {}

  static PemObject only(Bytes content) throws FormatException {
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      PemObject found = reader.readPemObject();
      if (found == null) {
        throw new FormatException("PEM", 0, "holds no private key");
      }
      if (reader.readPemObject() != null) {
        throw new FormatException("PEM", 0, "expected one private key, found more");
      }
      return found;
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM file");
    }
  }

  static Bytes text(PemObject pem) throws IOException {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(pem);
    }
    return Bytes.utf8(text.toString());
  }
}
