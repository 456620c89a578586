// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;

/** The content of PK, KEK, db, dbx or MokList: signature lists in their order. */
public record KeyDatabase(List<SignatureList> lists) {
  public static final KeyDatabase EMPTY = new KeyDatabase(List.of());

  public KeyDatabase {
    lists = List.copyOf(lists);
  }

  /** One entry with the type of its list. Two are the same if type, owner and data are. */
  public record Entry(EfiGuid type, SignatureData data) {}

  /** What one database has and the other does not, each in its order. */
  public record Difference(List<Entry> removed, List<Entry> added) {
    public boolean isEmpty() {
      return removed.isEmpty() && added.isEmpty();
    }
  }

  public static KeyDatabase parse(Bytes content) throws FormatException {
    return new KeyDatabase(SignatureList.parseDatabase(content));
  }

  /** One list per certificate, as their sizes differ. */
  public static KeyDatabase ofCertificates(
      EfiGuid owner, List<X509CertificateHolder> certificates) {
    return new KeyDatabase(
        certificates.stream().map(c -> SignatureList.x509(owner, Certificates.der(c))).toList());
  }

  public Bytes encode() {
    return SignatureList.encodeDatabase(lists);
  }

  public boolean isEmpty() {
    return entries().isEmpty();
  }

  public List<Entry> entries() {
    return lists.stream()
        .flatMap(l -> l.signatures().stream().map(s -> new Entry(l.signatureType(), s)))
        .toList();
  }

  /** The certificates among the entries; an entry that is none is malformed. */
  public List<X509CertificateHolder> certificates() throws FormatException {
    List<X509CertificateHolder> found = new ArrayList<>();
    for (var entry : entries()) {
      if (entry.type().equals(EfiGuid.CERT_X509)) {
        found.add(Certificates.parseDer(entry.data().signatureData()));
      }
    }
    return found;
  }

  /**
   * These entries and behind them, in lists as they came, those of the other that are new: what
   * firmware makes of an append. UEFI 2.10, 8.2 (EFI_VARIABLE_APPEND_WRITE).
   */
  public KeyDatabase merge(KeyDatabase added) {
    Set<Entry> known = new LinkedHashSet<>(entries());
    List<SignatureList> all = new ArrayList<>(lists);
    for (var list : added.lists) {
      var fresh =
          list.signatures().stream()
              .filter(s -> known.add(new Entry(list.signatureType(), s)))
              .toList();
      if (!fresh.isEmpty()) {
        all.add(with(list, fresh));
      }
    }
    return new KeyDatabase(all);
  }

  /** Without the entries that the other holds; lists that become empty go. */
  public KeyDatabase without(KeyDatabase removed) {
    Set<Entry> gone = Set.copyOf(new LinkedHashSet<>(removed.entries()));
    List<SignatureList> all = new ArrayList<>();
    for (var list : lists) {
      var staying =
          list.signatures().stream()
              .filter(s -> !gone.contains(new Entry(list.signatureType(), s)))
              .toList();
      if (!staying.isEmpty()) {
        all.add(with(list, staying));
      }
    }
    return new KeyDatabase(all);
  }

  private static SignatureList with(SignatureList list, List<SignatureData> signatures) {
    return new SignatureList(
        list.signatureType(), list.signatureHeader(), list.signatureSize(), signatures);
  }

  /** The lists of the newer database with the entries that are not here. */
  public KeyDatabase additions(KeyDatabase newer) {
    return newer.without(this);
  }

  public Difference difference(KeyDatabase newer) {
    return new Difference(missing(newer), newer.missing(this));
  }

  private List<Entry> missing(KeyDatabase other) {
    var there = other.entries().stream().collect(Collectors.toSet());
    return entries().stream().filter(e -> !there.contains(e)).toList();
  }
}
