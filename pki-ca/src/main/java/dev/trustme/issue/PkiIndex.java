// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code pki.json}, {@code trustme/pki/1}: which file of the folder holds what. Names of files are
 * relative and stay inside the folder; a key may be a reference to a token or TPM instead.
 *
 * @param responders OCSP responders by the authority that delegated to them
 * @param superseded what earlier held a place in this index
 * @param issued number of the last file in {@code issued/}
 */
public record PkiIndex(
    String schema,
    Instant created,
    Map<String, Item> authorities,
    Map<String, RoleItem> roles,
    Map<String, Item> responders,
    Optional<Platform> secureBoot,
    List<Superseded> superseded,
    long issued) {
  public static final String SCHEMA = "trustme/pki/1";

  /** Names of UEFI's two keys. */
  public static final String PK = "PK";

  public static final String KEK = "KEK";

  private static final String FILE = "[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9][A-Za-z0-9-]*\\.pem";

  public PkiIndex {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
    if (issued < 0) {
      throw new IllegalArgumentException("issued: expected a count, found " + issued);
    }
    authorities = ordered(authorities);
    roles = ordered(roles);
    responders = ordered(responders);
    superseded = List.copyOf(superseded);
  }

  /** One certificate and its key. */
  public record Item(String certificate, String key) {
    public Item {
      requireInside(certificate);
      requireKey(key);
    }
  }

  /** A role's chain, leaf first and without the root, and the leaf's key. */
  public record RoleItem(String chain, String key) {
    public RoleItem {
      requireInside(chain);
      requireKey(key);
    }
  }

  /** UEFI's platform and key exchange key, and the SignatureOwner of what is enrolled. */
  public record Platform(UUID owner, Item pk, Item kek) {}

  /** A certificate and key that another took the place of: {@code name} is the place's. */
  public record Superseded(String name, String certificate, String key) {
    public Superseded {
      requireInside(certificate);
      requireKey(key);
    }
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static void requireInside(String file) {
    if (!file.matches(FILE)) {
      throw new IllegalArgumentException("expected folder/name.pem, found " + file);
    }
  }

  private static void requireKey(String key) {
    if (isFile(key)) {
      return;
    }
    if (!key.matches("(file|pkcs11|pkcs12|tpm2):.{1,1000}")) {
      throw new IllegalArgumentException(
          "expected folder/name.pem or a reference to a key, found " + key);
    }
  }

  /** Whether the key is a file of the folder, and no reference. */
  static boolean isFile(String key) {
    return key.matches(FILE);
  }

  public static PkiIndex parse(Bytes json) throws FormatException {
    return Json.read(json, PkiIndex.class, "PKI index");
  }

  /** With this item in the authority's place; the one before is remembered. */
  public PkiIndex withAuthority(String name, Item item) {
    Map<String, Item> changed = new LinkedHashMap<>(authorities);
    var old = changed.put(name, item);
    return with(changed, roles, responders, old == null ? Optional.empty() : superseded(name, old));
  }

  /** With this item in the role's place; the one before is remembered. */
  public PkiIndex withRole(String name, RoleItem item) {
    Map<String, RoleItem> changed = new LinkedHashMap<>(roles);
    var old = changed.put(name, item);
    return with(
        authorities,
        changed,
        responders,
        old == null ? Optional.empty() : Optional.of(new Superseded(name, old.chain(), old.key())));
  }

  /** With this item as the authority's OCSP responder; the one before is remembered. */
  public PkiIndex withResponder(String authority, Item item) {
    Map<String, Item> changed = new LinkedHashMap<>(responders);
    var old = changed.put(authority, item);
    return with(
        authorities,
        roles,
        changed,
        old == null ? Optional.empty() : superseded(responder(authority), old));
  }

  /** With other Secure Boot keys; those that another takes the place of are remembered. */
  public PkiIndex withSecureBoot(Platform platform) {
    List<Superseded> all = new ArrayList<>(superseded);
    secureBoot.ifPresent(old -> {
      if (!old.pk().equals(platform.pk())) {
        all.add(new Superseded(PK, old.pk().certificate(), old.pk().key()));
      }
      if (!old.kek().equals(platform.kek())) {
        all.add(new Superseded(KEK, old.kek().certificate(), old.kek().key()));
      }
    });
    return new PkiIndex(
        schema, created, authorities, roles, responders, Optional.of(platform), all, issued);
  }

  /** With an item that serves an earlier generation, and holds no place itself. */
  PkiIndex withSuperseded(Superseded item) {
    return with(authorities, roles, responders, Optional.of(item));
  }

  PkiIndex nextIssued() {
    return new PkiIndex(
        schema, created, authorities, roles, responders, secureBoot, superseded, issued + 1);
  }

  private static Optional<Superseded> superseded(String name, Item old) {
    return Optional.of(new Superseded(name, old.certificate(), old.key()));
  }

  private PkiIndex with(
      Map<String, Item> newAuthorities,
      Map<String, RoleItem> newRoles,
      Map<String, Item> newResponders,
      Optional<Superseded> old) {
    List<Superseded> all = new ArrayList<>(superseded);
    old.ifPresent(all::add);
    return new PkiIndex(
        schema, created, newAuthorities, newRoles, newResponders, secureBoot, all, issued);
  }

  /** The name of an authority's OCSP responder. */
  public static String responder(String authority) {
    return authority + "-ocsp";
  }

  /** The name for files of the next generation in this place: NAME, NAME-2, NAME-3. */
  public String nextName(String name) {
    boolean held =
        authorities.containsKey(name)
            || roles.containsKey(name)
            || responders.keySet().stream().anyMatch(a -> responder(a).equals(name))
            || (secureBoot.isPresent() && (name.equals(PK) || name.equals(KEK)));
    long generations = superseded.stream().filter(s -> s.name().equals(name)).count();
    return held ? name + "-" + (generations + 2) : name;
  }
}
