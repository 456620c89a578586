// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.util.Base64;

/**
 * What is public of a key.
 *
 * @param fingerprint of the DER of the SubjectPublicKeyInfo
 * @param publicKey PEM
 */
record KeyReport(
    String schema, String reference, String type, String fingerprint, String publicKey) {
  private static final int LINE = 64;

  static KeyReport of(KeyReference reference, SigningKey key) throws IOException {
    var der = Bytes.copyOf(key.publicKey().getEncoded("DER"));
    return new KeyReport(
        "trustme/key/1",
        reference.toString(),
        KeyType.of(key.publicKey()).map(KeyType::label).orElse("other"),
        HashAlgorithm.SHA256.digest(der).toString(),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der.toArray())
            + "\n-----END PUBLIC KEY-----\n");
  }

  String text() {
    return "%s  %s%n  %s%n%s".formatted(reference, type, fingerprint, publicKey);
  }
}
