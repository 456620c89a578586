// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Digest;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The highest number of complete lists by their issuer's key: a list with a lower number is older,
 * and forgets who was revoked since. RFC 5280, 5.2.3.
 */
public final class RevocationFloors {
  private RevocationFloors() {}

  /**
   * The floors after these lists were seen. A list raises its issuer's floor if the issuer's key
   * signed it and it is not of the future, whatever it says of anybody.
   *
   * @param issuers certificates that may be the issuers'; they need not be valid, as the floor of a
   *     key is about that key's lists alone
   */
  public static Map<Digest, BigInteger> raised(
      Map<Digest, BigInteger> before,
      Collection<RevocationList> lists,
      Collection<X509CertificateHolder> issuers,
      Instant at) {
    Map<Digest, BigInteger> floors = new TreeMap<>(Comparator.comparing(Digest::toString));
    floors.putAll(before);
    for (RevocationList list : lists) {
      if (list.isDelta() || list.problem().isPresent() || list.thisUpdate().isAfter(at)) {
        continue;
      }
      for (X509CertificateHolder issuer : issuers) {
        if (list.claims(issuer) && list.signedBy(issuer)) {
          floors.merge(Revocation.issuerKey(issuer), list.number(), BigInteger::max);
        }
      }
    }
    return Collections.unmodifiableMap(floors);
  }

  /**
   * Those of the authorities that lead to a root by their signatures, so that nobody else's keys
   * are remembered. Whether they are valid, revoked or of the right kind does not matter here.
   */
  public static List<X509CertificateHolder> vouched(
      Collection<X509CertificateHolder> roots, Collection<X509CertificateHolder> authorities) {
    var memory = new PathMemory();
    List<X509CertificateHolder> issuers = new ArrayList<>(roots);
    List<X509CertificateHolder> vouched = new ArrayList<>();
    List<X509CertificateHolder> rest = new ArrayList<>(authorities);
    boolean more = true;
    while (more) {
      var next = rest.stream().filter(below -> isIssued(below, issuers, memory)).toList();
      rest.removeAll(next);
      issuers.addAll(next);
      vouched.addAll(next);
      more = !next.isEmpty();
    }
    return vouched;
  }

  private static boolean isIssued(
      X509CertificateHolder below, List<X509CertificateHolder> issuers, PathMemory memory) {
    return CandidatePath.isAuthority(below)
        && issuers.stream()
            .anyMatch(issuer ->
                issuer.getSubject().equals(below.getIssuer())
                    && memory.issued(issuer.getSubjectPublicKeyInfo(), below));
  }
}
