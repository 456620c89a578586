// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A passphrase for key files, a PIN, or the authorization value of a TPM's key: asked for when it
 * is first needed, and once only. A key derived from it is kept for the files that share its salt.
 * Wiped on close.
 */
public final class Passphrase implements AutoCloseable {
  /** Where the characters come from. */
  @FunctionalInterface
  public interface Source {
    /** A fresh array, which the caller wipes; {@code purpose} is the prompt. */
    char[] ask(String purpose) throws IOException;
  }

  private final String purpose;
  private final Source source;
  private char @Nullable [] given;
  private char @Nullable [] value;
  private boolean closed;
  private @Nullable Pbkdf2 derivation;
  private byte @Nullable [] derived;

  private Passphrase(String purpose, Source source) {
    this.purpose = purpose;
    this.source = source;
  }

  /** A passphrase that is asked for if it is needed. */
  public static Passphrase ask(String purpose, Source source) {
    return new Passphrase(purpose, source);
  }

  public static Passphrase of(char[] value) {
    char[] copy = value.clone();
    var passphrase = new Passphrase("Passphrase", purpose -> copy.clone());
    passphrase.given = copy;
    return passphrase;
  }

  /** Another secret from the same source, which is asked for by this prompt; close it first. */
  Passphrase another(String otherPurpose) {
    return new Passphrase(otherPurpose, source);
  }

  /** The key derived from the UTF-8 bytes of the passphrase, in a fresh array. */
  synchronized byte[] derive(Pbkdf2 wanted) throws IOException, GeneralSecurityException {
    byte[] known = derived;
    if (known != null && wanted.equals(derivation)) {
      return known.clone();
    }
    var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(characters()));
    byte[] password = new byte[encoded.remaining()];
    encoded.get(password);
    try {
      byte[] fresh = wanted.derive(password);
      derived = fresh;
      derivation = wanted;
      return fresh.clone();
    } finally {
      encoded.clear().put(new byte[encoded.capacity()]);
      Arrays.fill(password, (byte) 0);
    }
  }

  /** The characters, in a fresh array that the caller wipes. */
  synchronized char[] reveal() throws IOException {
    return characters().clone();
  }

  private char[] characters() throws IOException {
    char[] known = value;
    if (closed) {
      throw new IllegalStateException("the passphrase was closed");
    }
    if (known == null) {
      known = source.ask(purpose);
      value = known;
    }
    return known;
  }

  @Override
  public synchronized void close() {
    if (value != null) {
      Arrays.fill(value, '\0');
    }
    if (given != null) {
      Arrays.fill(given, '\0');
    }
    if (derived != null) {
      Arrays.fill(derived, (byte) 0);
    }
    closed = true;
    value = null;
    derived = null;
    derivation = null;
  }
}
