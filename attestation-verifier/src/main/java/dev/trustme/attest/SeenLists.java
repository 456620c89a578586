// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.trust.RevocationFloors;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Raises the floors of the revocation lists that devices are judged by: those of the roots at once,
 * and those of the authorities below them as evidence shows who they are, whatever its verdict. For
 * any number of threads. What it keeps is bounded by the authorities below the roots: a stranger's
 * certificates are never among them.
 */
public final class SeenLists {
  private static final int MAX_SHOWN = 1024;

  private final ListFloorStore store;
  private final List<RevocationList> lists;
  private final List<X509CertificateHolder> roots;
  private final Set<X509CertificateHolder> known = new HashSet<>();
  private final Set<Digest> shown = new HashSet<>();
  private final List<X509CertificateHolder> fresh = new ArrayList<>();
  private Instant at = Instant.MIN;

  private SeenLists(ListFloorStore store, TrustAnchors anchors) {
    this.store = store;
    this.lists = anchors.revocation().lists();
    this.roots = anchors.issuers();
  }

  /** The lists of these anchors; those of the roots count as seen from this moment on. */
  public static SeenLists begin(ListFloorStore store, TrustAnchors anchors, Instant at)
      throws IOException, FormatException {
    var seen = new SeenLists(store, anchors);
    store.saw(seen.lists, seen.roots, at);
    return seen;
  }

  /** Looks who the authorities are that the evidence shows; {@link #keep} raises their floors. */
  public synchronized void judged(Evidence evidence, Instant when) throws FormatException {
    if (lists.isEmpty()) {
      return;
    }
    Digest chains = digest(evidence);
    if (shown.contains(chains)) {
      return;
    }
    var authorities = EvidenceVerifier.shownAuthorities(evidence);
    if (shown.size() == MAX_SHOWN) {
      shown.clear();
    }
    shown.add(chains);
    for (X509CertificateHolder authority : RevocationFloors.vouched(roots, authorities)) {
      if (known.add(authority)) {
        fresh.add(authority);
        at = when.isAfter(at) ? when : at;
      }
    }
  }

  private static Digest digest(Evidence evidence) {
    var endorsement = evidence.enrolment().map(Evidence.Enrolment::ekChain).orElse(List.of());
    return HashAlgorithm.SHA256.digest(
        Stream.of(evidence.ak().certificateChain(), endorsement)
            .flatMap(chain -> chain.stream().skip(1))
            .toArray(Bytes[]::new));
  }

  /** Raises the floors; they are on disk when this returns. */
  public void keep() throws IOException, FormatException {
    List<X509CertificateHolder> issuers;
    Instant latest;
    synchronized (this) {
      issuers = List.copyOf(fresh);
      latest = at;
      fresh.clear();
    }
    if (!issuers.isEmpty()) {
      store.saw(lists, issuers, latest);
    }
  }
}
