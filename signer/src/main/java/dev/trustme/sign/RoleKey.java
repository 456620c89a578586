// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.key.SigningKey;
import dev.trustme.key.Subject;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** A key that may sign for a role, with its certificate chain: leaf first, without the root. */
public record RoleKey(SigningKey key, List<X509CertificateHolder> chain) implements AutoCloseable {
  public RoleKey {
    chain = List.copyOf(chain);
    if (chain.isEmpty() || !chain.getFirst().getSubjectPublicKeyInfo().equals(key.publicKey())) {
      throw new IllegalArgumentException("the chain does not begin with this key's certificate");
    }
  }

  public X509CertificateHolder certificate() {
    return chain.getFirst();
  }

  /** Fingerprint of the certificate: how manifests and the signing log name the signer. */
  public Digest fingerprint() {
    return Certificates.fingerprint(certificate());
  }

  /** A signature by this algorithm, which fits the key. */
  public Bytes sign(Bytes message, SignatureAlgorithm by) {
    var signer = key.contentSigner(by.identifier());
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  /** The same key, for signatures about this; see {@link SigningKey#about}. */
  public RoleKey about(Subject subject) {
    return new RoleKey(key.about(subject), chain);
  }

  /** Drops the key: it signs no more. */
  @Override
  public void close() {
    key.close();
  }
}
