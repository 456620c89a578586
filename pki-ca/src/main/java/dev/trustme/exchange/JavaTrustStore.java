// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Java's old key store format JKS, for certificates alone: its way to encrypt private keys is no
 * protection, so none are written to it.
 */
public final class JavaTrustStore {
  private JavaTrustStore() {}

  /** The certificates by their aliases; the passphrase only guards against accidents. */
  public static Bytes jks(Map<String, X509CertificateHolder> certificates, char[] passphrase)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("JKS");
    store.load(null, null);
    var factory = CertificateFactory.getInstance("X.509");
    for (var entry : certificates.entrySet()) {
      byte[] der = Certificates.der(entry.getValue()).toArray();
      store.setCertificateEntry(
          entry.getKey(), factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    var out = new ByteArrayOutputStream();
    store.store(out, passphrase);
    return Bytes.copyOf(out.toByteArray());
  }
}
