// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.make.SeededPki.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** DSSE envelopes by seeded keys, right or wrong on purpose. */
final class Envelopes {
  private final Identity authority;

  /** The authority goes with every signer. */
  Envelopes(Identity authority) {
    this.authority = authority;
  }

  DsseEnvelope sign(String type, Bytes payload, Identity... signers) {
    Bytes message = DsseEnvelope.preAuthenticationEncoding(type, payload);
    return new DsseEnvelope(
        type, payload, Arrays.stream(signers).map(s -> signature(s, message)).toList());
  }

  /** A signature over these bytes, whatever they are. */
  DsseEnvelope.Signature signature(Identity signer, Bytes message) {
    return new DsseEnvelope.Signature(
        Optional.of(Certificates.fingerprint(signer.certificate()).toString()),
        raw(signer, message),
        chain(signer));
  }

  private List<Bytes> chain(Identity signer) {
    List<X509CertificateHolder> chain = new ArrayList<>(List.of(signer.certificate()));
    if (!signer.equals(authority)) {
      chain.add(authority.certificate());
    }
    return chain.stream().map(Certificates::der).toList();
  }

  static Bytes raw(Identity signer, Bytes message) {
    var by = signer.key().signer();
    try (var out = by.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(by.getSignature());
  }
}
