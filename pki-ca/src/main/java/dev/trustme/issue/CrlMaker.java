// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.issue.Revocations.Entry;
import dev.trustme.issue.Revocations.Lists;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;

/**
 * Certificate revocation lists, RFC 5280, 5: one authority's full list, or a delta that adds to its
 * last full list. Each covers all that the authority issued, so none has a distribution point of
 * its own.
 */
final class CrlMaker {
  private final X509CertificateHolder authority;
  private final SigningKey key;
  private final Instant at;

  CrlMaker(X509CertificateHolder authority, SigningKey key, Instant at) {
    this.authority = authority;
    this.key = key;
    this.at = at;
  }

  /** A list and what to remember of it. */
  record Made(X509CRLHolder list, Lists state, int entries) {}

  /**
   * The full list. A certificate that has expired stays until one list after its end has named it
   * (5.2, on entries' removal).
   *
   * @param freshest where delta lists are found, absent where there are none
   */
  Made full(List<Entry> revoked, Optional<Lists> last, int days, Optional<Extension> freshest) {
    long number = last.map(Lists::number).orElse(0L) + 1;
    Instant next = nextUpdate(days);
    var listed =
        revoked.stream()
            .filter(e -> last.isEmpty() || !last.get().baseAt().isAfter(e.notAfter()))
            .toList();
    var list = build(listed, number, next, freshest);
    return new Made(list, new Lists(number, number, revoked.size(), at, at, next), listed.size());
  }

  /** What was revoked since the last full list. 5.2.4. */
  Made delta(List<Entry> revoked, Lists last, int days) {
    long number = last.number() + 1;
    Instant next = nextUpdate(days);
    var added = revoked.subList(last.baseEntries(), revoked.size());
    var base =
        extension(
            Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.valueOf(last.base())));
    var list = build(added, number, next, Optional.of(base));
    var state = new Lists(number, last.base(), last.baseEntries(), last.baseAt(), at, next);
    return new Made(list, state, added.size());
  }

  /** A list lasts no longer than the certificate that verifies it. */
  private Instant nextUpdate(int days) {
    Instant next = at.plus(days, ChronoUnit.DAYS);
    Instant end = authority.getNotAfter().toInstant();
    return next.isAfter(end) ? end : next;
  }

  private X509CRLHolder build(
      List<Entry> entries, long number, Instant next, Optional<Extension> further) {
    var builder = new X509v2CRLBuilder(authority.getSubject(), Date.from(at));
    builder.setNextUpdate(Date.from(next));
    for (Entry entry : entries) {
      // 5.3.1: the reason "unspecified", 0, is said by saying nothing.
      builder.addCRLEntry(entry.serialNumber(), Date.from(entry.at()), entry.reason().code());
    }
    var identifier = SubjectKeyIdentifier.fromExtensions(authority.getExtensions());
    try {
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(identifier.getKeyIdentifier()));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      if (further.isPresent()) {
        builder.addExtension(further.get());
      }
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
    return builder.build(key.contentSigner());
  }

  private static Extension extension(ASN1ObjectIdentifier id, boolean critical, ASN1Object value) {
    try {
      return new Extension(id, critical, value.getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("an extension encodes", e);
    }
  }
}
