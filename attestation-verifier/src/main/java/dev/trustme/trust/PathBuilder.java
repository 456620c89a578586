// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Every way from a leaf to a trust anchor by names, the likeliest first: anchors before hints,
 * matching key identifiers before others. The work is bounded, and running out of it is told apart
 * from having no path.
 */
final class PathBuilder {
  /** Certificates beside the leaf that are looked at. */
  static final int MAX_HINTS = 32;

  /** Paths that are tried. */
  static final int MAX_PATHS = 16;

  /** Longest path, self-issued certificates included. */
  static final int MAX_LENGTH = PathPolicy.MAX_AUTHORITIES + 4;

  private static final int MAX_STEPS = 512;

  private final TrustStore store;
  private final List<X509CertificateHolder> hints;
  private final List<CandidatePath> found = new ArrayList<>();
  private int steps;
  private boolean exhausted;

  private PathBuilder(TrustStore store, List<X509CertificateHolder> hints) {
    this.store = store;
    this.hints = hints;
  }

  /** The paths found, and whether there was more to look at than the bounds allow. */
  record Result(List<CandidatePath> paths, boolean exhausted) {
    Result {
      paths = List.copyOf(paths);
    }
  }

  /** The first certificate is the leaf; the others are hints in any order. */
  static Result build(TrustStore store, List<X509CertificateHolder> chain) {
    Map<Bytes, X509CertificateHolder> distinct = new LinkedHashMap<>();
    for (var certificate : chain.subList(1, Math.min(chain.size(), MAX_HINTS + 1))) {
      distinct.put(Certificates.der(certificate), certificate);
    }
    var builder = new PathBuilder(store, List.copyOf(distinct.values()));
    builder.exhausted = chain.size() > MAX_HINTS + 1;
    builder.extend(List.of(chain.getFirst()));
    return new Result(builder.found, builder.exhausted);
  }

  private void extend(List<X509CertificateHolder> path) {
    for (var issuer : issuers(store.anchors(), path)) {
      if (found.size() == MAX_PATHS) {
        exhausted = true;
        return;
      }
      found.add(new CandidatePath(append(path, issuer)));
    }
    if (path.size() >= MAX_LENGTH - 1) {
      return;
    }
    for (var issuer : issuers(hints, path)) {
      if (++steps > MAX_STEPS || exhausted) {
        exhausted = true;
        return;
      }
      extend(append(path, issuer));
    }
  }

  /** Certificates of the issuer's name that are not on the path yet, the right key's first. */
  private static List<X509CertificateHolder> issuers(
      List<X509CertificateHolder> candidates, List<X509CertificateHolder> path) {
    var last = path.getLast();
    return candidates.stream()
        .filter(c -> c.getSubject().equals(last.getIssuer()) && !onPath(c, path))
        .sorted(Comparator.comparing(c -> !identified(last, c)))
        .toList();
  }

  /** The same name with the same key is the same authority, whoever certified it. */
  private static boolean onPath(X509CertificateHolder candidate, List<X509CertificateHolder> path) {
    return path.stream()
        .anyMatch(c ->
            c.equals(candidate)
                || (c.getSubject().equals(candidate.getSubject())
                    && c.getSubjectPublicKeyInfo().equals(candidate.getSubjectPublicKeyInfo())));
  }

  /** RFC 5280, 4.2.1.1: a help in finding the issuer, and nothing more. */
  private static boolean identified(X509CertificateHolder below, X509CertificateHolder issuer) {
    try {
      var wanted = AuthorityKeyIdentifier.fromExtensions(below.getExtensions());
      return wanted != null && KeyNames.equal(wanted, issuer);
    } catch (RuntimeException e) {
      // An identifier that cannot be read helps nobody; the certificate's own check says so.
      return false;
    }
  }

  private static List<X509CertificateHolder> append(
      List<X509CertificateHolder> path, X509CertificateHolder next) {
    List<X509CertificateHolder> longer = new ArrayList<>(path);
    longer.add(next);
    return longer;
  }
}
