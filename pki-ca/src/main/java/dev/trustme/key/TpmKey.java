// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.IOException;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

final class TpmKey extends RemoteKey {
  TpmKey(SubjectPublicKeyInfo publicKey) throws IOException {
    super(publicKey, schemeOf("", publicKey));
  }

  @Override
  String where() {
    return "";
  }

  @Override
  Bytes sign(SignatureAlgorithm by, Bytes input) throws IOException {
    throw new IOException("later");
  }

  @Override
  public void close() {}
}
