// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Digest;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/** A signer whose path was validated for a purpose; only {@link PathValidator} makes one. */
public final class TrustedSigner {
  private final CandidatePath path;
  private final Purpose purpose;
  private final Map<Digest, BigInteger> listNumbers;

  TrustedSigner(CandidatePath path, Purpose purpose, Map<Digest, BigInteger> listNumbers) {
    this.path = path;
    this.purpose = purpose;
    this.listNumbers = Map.copyOf(listNumbers);
  }

  public X509CertificateHolder certificate() {
    return path.leaf();
  }

  /** Leaf first, trust anchor last. */
  public List<X509CertificateHolder> path() {
    return path.certificates();
  }

  /** What the path is valid for; a {@link Role}, unless another was asked for. */
  public Purpose purpose() {
    return purpose;
  }

  /**
   * The number of the newest CRL that spoke of each issuer of the path, by {@link
   * Revocation#issuerKey}: the floors for the next time.
   */
  public Map<Digest, BigInteger> listNumbers() {
    return listNumbers;
  }
}
