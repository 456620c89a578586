// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.profile.NameKind;
import dev.trustme.trust.Check;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Which keys a PKI has certified, under which subject, and which key each live device name belongs
 * to. One key under two names would let one holder speak for both; one UUID for two keys would be
 * two devices of one name.
 */
final class KnownKeys {
  private final Map<Digest, X500Name> subjects = new HashMap<>();
  private final Map<String, Digest> devices = new HashMap<>();

  /** All that the folder has issued; device names only of what lasts and was not revoked. */
  static KnownKeys of(PkiFolder folder, Instant at) throws IOException, FormatException {
    var known = new KnownKeys();
    var revocations = Revocations.of(folder);
    folder
        .issued()
        .forEach(certificate -> {
          boolean live =
              certificate.getNotAfter().toInstant().isAfter(at)
                  && revocations.find(certificate).isEmpty();
          var names =
              GeneralNames.fromExtensions(
                  certificate.getExtensions(), Extension.subjectAlternativeName);
          known.add(
              certificate.getSubjectPublicKeyInfo(),
              certificate.getSubject(),
              live && names != null ? List.of(names.getNames()) : List.of());
        });
    return known;
  }

  void add(SubjectPublicKeyInfo key, X500Name subject, List<GeneralName> names) {
    Digest digest = digest(key);
    subjects.put(digest, subject);
    deviceNames(names).forEach(name -> devices.put(name, digest));
  }

  /** Whether a certificate for this key under this name would confuse two holders. */
  List<Check> checks(SubjectPublicKeyInfo key, X500Name subject, List<GeneralName> names) {
    Digest digest = digest(key);
    List<Check> checks = new ArrayList<>();
    var other = subjects.get(digest);
    if (other != null && !other.equals(subject)) {
      checks.add(
          Check.fail("csr-key-known", "a key of its own", "the key of " + other)
              .advise("make a new key for each request; --allow-known-keys issues all the same"));
    }
    for (String name : deviceNames(names)) {
      var holder = devices.get(name);
      if (holder != null && !holder.equals(digest)) {
        checks.add(
            Check.fail("csr-name-known", "a name of its own", name + ", of another key")
                .advise("revoke the device's certificate; --allow-known-names issues beside it"));
      }
    }
    return checks;
  }

  private static List<String> deviceNames(List<GeneralName> names) {
    return names.stream()
        .filter(n -> CsrNames.kind(n).filter(k -> k == NameKind.UUID).isPresent())
        .map(CsrNames::words)
        .toList();
  }

  private static Digest digest(SubjectPublicKeyInfo key) {
    try {
      return HashAlgorithm.SHA256.digest(Bytes.copyOf(key.getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
