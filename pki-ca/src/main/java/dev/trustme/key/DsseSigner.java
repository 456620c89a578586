// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Makes DSSE envelopes: the signature is by the key's scheme, the chain travels with it. */
public final class DsseSigner {
  private final SigningKey key;
  private final List<X509CertificateHolder> chain;

  /** The chain is leaf first, without the root; the leaf certifies the key. */
  public DsseSigner(SigningKey key, List<X509CertificateHolder> chain) {
    if (chain.isEmpty() || !chain.getFirst().getSubjectPublicKeyInfo().equals(key.publicKey())) {
      throw new IllegalArgumentException("the chain does not begin with this key's certificate");
    }
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  public DsseEnvelope sign(String payloadType, Bytes payload) {
    return new DsseEnvelope(payloadType, payload, List.of(signature(payloadType, payload)));
  }

  /**
   * The envelope with one more signature, over the same payload. A key that signed already is an
   * IllegalArgumentException: it would not count twice.
   */
  public DsseEnvelope addTo(DsseEnvelope envelope) throws FormatException {
    if (signed(envelope)) {
      throw new IllegalArgumentException("this key signed the envelope already");
    }
    List<DsseEnvelope.Signature> all = new ArrayList<>(envelope.signatures());
    all.add(signature(envelope.payloadType(), envelope.payload()));
    return new DsseEnvelope(envelope.payloadType(), envelope.payload(), all);
  }

  /** Whether one of the envelope's signatures says that it is by this key, whoever certified it. */
  public boolean signed(DsseEnvelope envelope) throws FormatException {
    for (var signature : envelope.signatures()) {
      var chain = signature.untrustedChain();
      if (!chain.isEmpty() && chain.getFirst().getSubjectPublicKeyInfo().equals(key.publicKey())) {
        return true;
      }
    }
    return false;
  }

  private DsseEnvelope.Signature signature(String payloadType, Bytes payload) {
    return new DsseEnvelope.Signature(
        Optional.of(Certificates.fingerprint(chain.getFirst()).toString()),
        key.sign(DsseEnvelope.preAuthenticationEncoding(payloadType, payload)),
        chain.stream().map(Certificates::der).toList());
  }
}
