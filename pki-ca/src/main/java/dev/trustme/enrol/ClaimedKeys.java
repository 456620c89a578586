// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.EnrolmentRequest;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A request whose certificates and keys could be read; nothing in it is trusted.
 *
 * @param chain the endorsement key's certificate, and the hints
 */
record ClaimedKeys(
    EnrolmentRequest request,
    List<X509CertificateHolder> chain,
    TpmtPublic ek,
    TpmtPublic ak,
    TpmtPublic identity) {
  ClaimedKeys {
    chain = List.copyOf(chain);
  }

  static ClaimedKeys read(EnrolmentRequest request) throws FormatException {
    List<X509CertificateHolder> chain = new ArrayList<>();
    chain.add(certificate("ek.certificate", request.ek().certificate()));
    for (Bytes hint : request.ek().chain()) {
      chain.add(certificate("ek.chain", hint));
    }
    return new ClaimedKeys(
        request,
        chain,
        key("ek.public", request.ek().publicArea()),
        key("ak.public", request.ak().publicArea()),
        key("identity.public", request.identity().publicArea()));
  }

  private static X509CertificateHolder certificate(String field, Bytes der) throws FormatException {
    try {
      return Certificates.parseAsReceived(der);
    } catch (FormatException e) {
      throw new FormatException(field, e.offset(), e.problem());
    }
  }

  private static TpmtPublic key(String field, Bytes area) throws FormatException {
    try {
      return TpmtPublic.parseTpm2b(area);
    } catch (FormatException e) {
      throw new FormatException(field + ": " + e.structure(), e.offset(), e.problem());
    }
  }

  X509CertificateHolder certificate() {
    return chain.getFirst();
  }

  /** An endorsement key is a primary key: only its hierarchy is above it. */
  TpmName ekQualifiedName() {
    return ek.name().qualifiedUnder(TpmName.ENDORSEMENT);
  }

  /** What the attestation key's qualified name must be: made under the endorsement key. */
  TpmName akQualifiedName() {
    return ak.name().qualifiedUnder(ekQualifiedName().encode());
  }
}
