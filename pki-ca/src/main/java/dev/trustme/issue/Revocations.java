// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * {@code revocation.json}, {@code trustme/revocation/1}: what was revoked, in the order in which
 * that happened, and how far each authority's lists have come. Entries are only ever added; an
 * issuer is named by its generation ({@code device}, after a rollover {@code device-2}).
 */
public record Revocations(String schema, List<Entry> revoked, Map<String, Lists> lists) {
  public static final String SCHEMA = "trustme/revocation/1";

  static final String FILE = "revocation.json";

  public Revocations {
    require(schema.equals(SCHEMA), "expected schema %s, found %s".formatted(SCHEMA, schema));
    revoked = List.copyOf(revoked);
    lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
    Set<String> seen = new HashSet<>();
    for (Entry entry : revoked) {
      require(
          seen.add(entry.issuer() + " " + entry.serial()),
          "serial %s of '%s' is revoked twice".formatted(entry.serial(), entry.issuer()));
    }
    for (var list : lists.entrySet()) {
      requireIssuer(list.getKey());
      long entries = revoked.stream().filter(e -> e.issuer().equals(list.getKey())).count();
      require(
          list.getValue().baseEntries() <= entries,
          "'%s' has listed more than was revoked".formatted(list.getKey()));
    }
  }

  /**
   * One revoked certificate.
   *
   * @param serial hex, without leading zeros
   * @param notAfter until when the certificate would have been valid
   */
  public record Entry(
      String issuer,
      String serial,
      Digest certificate,
      String subject,
      RevocationReason reason,
      Instant at,
      Instant notAfter) {
    public Entry {
      requireIssuer(issuer);
      require(serial.matches("[1-9a-f][0-9a-f]{0,39}"), "serial: expected hex, found " + serial);
    }

    public BigInteger serialNumber() {
      return new BigInteger(serial, 16);
    }
  }

  /**
   * What an authority has published. RFC 5280, 5.2.3 and 5.2.4: full and delta lists share one
   * sequence of numbers, and a delta names the full list that it adds to.
   *
   * @param number of the last list, full or delta
   * @param base number of the last full list
   * @param baseEntries how many of the issuer's entries existed when that was made
   * @param baseAt when that was
   * @param thisUpdate the last list's, as is the next
   */
  public record Lists(
      long number,
      long base,
      int baseEntries,
      Instant baseAt,
      Instant thisUpdate,
      Instant nextUpdate) {
    public Lists {
      require(base >= 1 && number >= base, "numbers: expected 1 <= base <= number");
      require(baseEntries >= 0, "base-entries: expected 0 or more");
    }
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static void requireIssuer(String name) {
    require(name.matches("[A-Za-z][A-Za-z0-9-]{0,63}"), "no name of an authority: " + name);
  }

  /** Nothing revoked yet. */
  public static Revocations none() {
    return new Revocations(SCHEMA, List.of(), Map.of());
  }

  public static Revocations parse(Bytes json) throws FormatException {
    return Json.read(json, Revocations.class, "revocations");
  }

  Bytes encode() {
    return Json.writePretty(this);
  }

  /** Hex without leading zeros: how serial numbers are written in this suite. */
  public static String serial(X509CertificateHolder certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  /** All that this issuer's certificates were revoked, oldest first. */
  public List<Entry> of(String issuer) {
    return revoked.stream().filter(e -> e.issuer().equals(issuer)).toList();
  }

  /** How the certificate was revoked, if it was. */
  public Optional<Entry> find(X509CertificateHolder certificate) {
    Digest fingerprint = Certificates.fingerprint(certificate);
    return revoked.stream().filter(e -> e.certificate().equals(fingerprint)).findFirst();
  }

  /** What the folder remembers. */
  public static Revocations of(PkiFolder folder) throws IOException, FormatException {
    var file = folder.file(FILE);
    try {
      return file.isPresent() ? parse(file.get()) : none();
    } catch (FormatException e) {
      throw e.in(folder.path().resolve(FILE).toString());
    }
  }

  /**
   * Revokes a certificate that an authority of the folder issued, as part of the transaction, and
   * returns what is then revoked: to go on with, where one transaction revokes several.
   *
   * @throws GeneralSecurityException where it is a root, of another PKI, or revoked already
   */
  public Revocations revoke(
      PkiTransaction transaction,
      X509CertificateHolder certificate,
      RevocationReason reason,
      Instant at)
      throws IOException, FormatException, GeneralSecurityException {
    var issuer = Generation.issuerOf(transaction.folder(), certificate);
    if (issuer.certificate().equals(certificate)) {
      throw new GeneralSecurityException(
          "%s is a root, which nobody can revoke: take it out of every trust store; 'trustme pki rollover %s' makes the next"
              .formatted(certificate.getSubject(), issuer.authority()));
    }
    var entry =
        new Entry(
            issuer.name(),
            serial(certificate),
            Certificates.fingerprint(certificate),
            certificate.getSubject().toString(),
            reason,
            at,
            certificate.getNotAfter().toInstant());
    var changed = with(entry);
    changed.put(transaction);
    transaction.log(SigningLog.Event.about("revoke", certificate));
    return changed;
  }

  void put(PkiTransaction transaction) {
    transaction.put(FILE, encode());
  }

  /**
   * These and one more.
   *
   * @throws GeneralSecurityException where the certificate is revoked already
   */
  Revocations with(Entry entry) throws GeneralSecurityException {
    for (Entry known : of(entry.issuer())) {
      if (known.serial().equals(entry.serial())) {
        throw new GeneralSecurityException(
            "%s (serial %s) is revoked already, since %s: %s"
                .formatted(known.subject(), known.serial(), known.at(), known.reason().label()));
      }
    }
    List<Entry> longer = new ArrayList<>(revoked);
    longer.add(entry);
    return new Revocations(schema, longer, lists);
  }

  /** The same after the issuer published a list. */
  Revocations with(String issuer, Lists published) {
    var changed = new LinkedHashMap<>(lists);
    changed.put(issuer, published);
    return new Revocations(schema, revoked, changed);
  }
}
