// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What a PKI folder holds under one name: a role, an authority, an authority's OCSP responder
 * ({@code AUTHORITY-ocsp}), PK or KEK.
 */
public final class Credential {
  private static final String PK = "PK";
  private static final String KEK = "KEK";
  private static final String RESPONDER = "-ocsp";

  /** Opens the private key. */
  @FunctionalInterface
  private interface Key {
    SigningKey open(Passphrase passphrase)
        throws IOException, FormatException, GeneralSecurityException;
  }

  private final String name;
  private final List<X509CertificateHolder> path;
  private final Key key;

  private Credential(String name, List<X509CertificateHolder> path, Key key) {
    this.name = name;
    this.path = List.copyOf(path);
    this.key = key;
  }

  /** Everything that can be exported by name. */
  public static List<String> names(PkiFolder pki) {
    List<String> names = new ArrayList<>(pki.authorities());
    names.addAll(pki.roles());
    pki.index().responders().keySet().forEach(a -> names.add(a + RESPONDER));
    if (pki.index().secureBoot().isPresent()) {
      names.addAll(List.of(PK, KEK));
    }
    return names;
  }

  /** Of one of {@link #names}; any other is malformed. */
  public static Credential of(PkiFolder pki, String name) throws IOException, FormatException {
    if (!names(pki).contains(name)) {
      throw new FormatException(
              "PKI index",
              0,
              "has no '%s'; it has: %s".formatted(name, String.join(", ", names(pki))))
          .in(pki.path().toString());
    }
    if (pki.authorities().contains(name)) {
      return new Credential(name, pki.authorityChain(name), p -> pki.authorityKey(name, p));
    }
    if (pki.roles().contains(name)) {
      var role = Role.byLabel(name).orElseThrow();
      return new Credential(name, rooted(pki, pki.chain(role)), p -> pki.key(role, p));
    }
    return switch (name) {
      case PK -> new Credential(name, List.of(pki.platformKey()), pki::platformPrivateKey);
      case KEK -> new Credential(name, List.of(pki.keyExchangeKey()), pki::keyExchangePrivateKey);
      default -> responder(pki, name.substring(0, name.length() - RESPONDER.length()));
    };
  }

  private static Credential responder(PkiFolder pki, String authority)
      throws IOException, FormatException {
    return new Credential(
        authority + RESPONDER,
        rooted(pki, List.of(pki.responder(authority))),
        p -> pki.responderKey(authority, p));
  }

  /** With the issuers that are missing, up to the root, as far as the folder has them. */
  private static List<X509CertificateHolder> rooted(
      PkiFolder pki, List<X509CertificateHolder> chain) throws IOException, FormatException {
    List<X509CertificateHolder> path = new ArrayList<>(chain);
    var known = Issuers.of(pki);
    var next = known.of(path.getLast());
    while (next.isPresent() && !path.contains(next.get())) {
      path.add(next.get());
      next = known.of(path.getLast());
    }
    return path;
  }

  public String name() {
    return name;
  }

  public X509CertificateHolder certificate() {
    return path.getFirst();
  }

  /** Leaf first, root last. */
  public List<X509CertificateHolder> path() {
    return path;
  }

  public SigningKey key(Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    return key.open(passphrase);
  }
}
