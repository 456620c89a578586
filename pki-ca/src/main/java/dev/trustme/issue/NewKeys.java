// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.KeyReference;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes new keys into a folder as its other keys are: in clear only where they all are, else under
 * the folder's passphrase, which has to open one of them first.
 */
public final class NewKeys {
  private static final String PLAIN = "-----BEGIN PRIVATE KEY-----";

  private final KeyProtection protection;

  private NewKeys(KeyProtection protection) {
    this.protection = protection;
  }

  /** How keys of this folder are written; a folder without keys gets encrypted ones. */
  public static NewKeys in(PkiFolder folder, Passphrase passphrase)
      throws IOException, FormatException, GeneralSecurityException {
    var known = encrypted(folder);
    if (known.isPresent()) {
      Keys.open(KeyReference.parse(known.get()).in(folder.path()), passphrase).close();
      return new NewKeys(KeyProtection.encrypted(passphrase));
    }
    return new NewKeys(
        files(folder).isEmpty() ? KeyProtection.encrypted(passphrase) : KeyProtection.plaintext());
  }

  private static Optional<String> encrypted(PkiFolder folder) throws IOException {
    for (String file : files(folder)) {
      var content = folder.file(file);
      if (content.isPresent() && !content.get().startsWith(Bytes.utf8(PLAIN))) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static List<String> files(PkiFolder folder) {
    var index = folder.index();
    return Stream.concat(
            index.authorities().values().stream().map(PkiIndex.Item::key),
            index.roles().values().stream().map(PkiIndex.RoleItem::key))
        .filter(PkiIndex::isFile)
        .toList();
  }

  /** The content of a new key file. */
  public Bytes encode(SigningKey key) throws IOException, GeneralSecurityException {
    return KeyFile.encode(key, protection);
  }
}
