// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * {@code pki.json}, {@code trustme/pki/1}: which file of the folder holds what. Names of files are
 * relative and stay inside the folder.
 */
record PkiIndex(
    String schema,
    Instant created,
    Map<String, Item> authorities,
    Map<String, RoleItem> roles,
    Platform secureBoot) {
  static final String SCHEMA = "trustme/pki/1";

  PkiIndex {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("expected schema %s, found %s".formatted(SCHEMA, schema));
    }
  }

  /** One certificate and its key. */
  record Item(String certificate, String key) {
    Item {
      requireInside(certificate);
      requireInside(key);
    }
  }

  /** A role's chain, leaf first and without the root, and the leaf's key. */
  record RoleItem(String chain, String key) {
    RoleItem {
      requireInside(chain);
      requireInside(key);
    }
  }

  /** UEFI's platform and key exchange key, and the SignatureOwner of what is enrolled. */
  record Platform(UUID owner, Item pk, Item kek) {}

  private static void requireInside(String file) {
    if (!file.matches("[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9][A-Za-z0-9-]*\\.pem")) {
      throw new IllegalArgumentException("expected folder/name.pem, found " + file);
    }
  }

  static PkiIndex parse(Bytes json) throws FormatException {
    return Json.read(json, PkiIndex.class, "PKI index");
  }
}
