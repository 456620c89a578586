// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What is known offline about revoked certificates, and how much of it must be known.
 *
 * @param lists complete and delta CRLs of any issuers
 * @param responses stapled OCSP responses
 * @param floors by {@link #issuerKey}: the highest CRL number accepted so far; a list with a lower
 *     one is refused
 */
public record Revocation(
    Mode mode,
    List<RevocationList> lists,
    List<OcspStaple> responses,
    Map<Digest, BigInteger> floors) {
  /** Nothing is known, and nothing is asked. */
  public static final Revocation OFF = new Revocation(Mode.OFF, List.of(), List.of(), Map.of());

  /** How much must be known of each certificate below the anchor. */
  public enum Mode {
    /** Revocation is not looked at. */
    OFF,
    /** What is there counts: a revoked certificate is refused, and so is unusable data. */
    IF_PRESENT,
    /** Each certificate needs a current statement that it is not revoked. */
    REQUIRED
  }

  public Revocation {
    lists = List.copyOf(lists);
    responses = List.copyOf(responses);
    floors = Map.copyOf(floors);
  }

  /** The same data without floors of earlier lists. */
  public static Revocation of(Mode mode, List<RevocationList> lists, List<OcspStaple> responses) {
    return new Revocation(mode, lists, responses, Map.of());
  }

  public Revocation withFloors(Map<Digest, BigInteger> numbers) {
    return new Revocation(mode, lists, responses, numbers);
  }

  /** Under which name the CRL numbers of an issuer count: SHA-256 over its public key. */
  public static Digest issuerKey(X509CertificateHolder issuer) {
    try {
      return HashAlgorithm.SHA256.digest(
          Bytes.copyOf(issuer.getSubjectPublicKeyInfo().getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
