// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;

/** The key of a next generation: a new one in the folder, or one that is held elsewhere. */
final class NextKey implements AutoCloseable {
  private final String reference;
  private final SigningKey key;

  private NextKey(String reference, SigningKey key) {
    this.reference = reference;
    this.key = key;
  }

  /**
   * A new key is encrypted as the folder's other keys are, and written with the transaction. A key
   * that is held is closed with this, or here if it does not fit.
   *
   * @param name of the generation
   * @throws GeneralSecurityException where the key that is held is of another type
   */
  static NextKey of(PkiSession session, String name, KeyType type, Optional<HeldKey> held)
      throws IOException, FormatException, GeneralSecurityException {
    if (held.isPresent()) {
      var key = held.get().key();
      var found = KeyType.of(key.publicKey());
      if (!found.equals(Optional.of(type))) {
        key.close();
        throw new GeneralSecurityException(
            "%s: the profile wants a key of type %s for '%s', found %s"
                .formatted(
                    held.get().reference(),
                    type.label(),
                    name,
                    found.map(KeyType::label).orElse("another")));
      }
      return new NextKey(held.get().reference(), key);
    }
    String file = PkiFolder.keyFile(name);
    var key = SigningKey.generate(type);
    session
        .transaction()
        .putPrivate(file, NewKeys.in(session.folder(), session.passphrase()).encode(key));
    return new NextKey(file, key);
  }

  /** How the index names it. */
  String reference() {
    return reference;
  }

  SigningKey key() {
    return key;
  }

  @Override
  public void close() {
    key.close();
  }
}
