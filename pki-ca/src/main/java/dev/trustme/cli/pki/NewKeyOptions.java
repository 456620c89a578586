// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.issue.HeldKey;
import dev.trustme.key.KeyReference;
import dev.trustme.key.KeyType;
import dev.trustme.key.Keys;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the key of a next generation is made, or where it is already. */
final class NewKeyOptions {
  @Option(
      names = "--key",
      paramLabel = "REF",
      converter = KeyReferenceConverter.class,
      description =
          "Make the new key here, where it stays, and not in the folder: pkcs11:…, tpm2:…,"
              + " pkcs12:FILE or a file.")
  private @Nullable KeyReference reference;

  @Option(
      names = "--existing",
      description = "The key of --key is there already: certify it, and make none.")
  private boolean existing;

  /** Made where it stays, for a change that may still fail. */
  private boolean made;

  boolean given() {
    return reference != null;
  }

  void requireConsistent() {
    if (existing && reference == null) {
      throw CommandFailure.usage("--existing: give --key, which says where the key is");
    }
  }

  /** A verb's work, which asks for the key by {@link #key}. */
  @FunctionalInterface
  interface Verb {
    ExitCode call() throws IOException, FormatException, GeneralSecurityException;
  }

  /** A key that was made stays, whatever becomes of the change: says how to go on with it. */
  ExitCode within(PkiChange change, Verb verb)
      throws IOException, FormatException, GeneralSecurityException {
    boolean done = false;
    try {
      var code = verb.call();
      done = true;
      return code;
    } finally {
      if (made && !done) {
        change.output().warn("the new key stays: %s; use it with --existing".formatted(reference));
      }
    }
  }

  /** The key, which the change closes; a rehearsal makes one in memory only. */
  Optional<HeldKey> key(PkiChange change, KeyType type)
      throws IOException, FormatException, GeneralSecurityException {
    if (reference == null) {
      return Optional.empty();
    }
    var place = reference.in(Path.of("").toAbsolutePath());
    try (var secret = Passphrase.ask("Passphrase of " + place, source(change, place))) {
      return Optional.of(new HeldKey(place.toString(), open(change, place, type, secret)));
    }
  }

  private SigningKey open(PkiChange change, KeyReference place, KeyType type, Passphrase secret)
      throws IOException, FormatException, GeneralSecurityException {
    if (existing) {
      return Keys.open(place, type, secret);
    }
    if (change.dryRun()) {
      return SigningKey.generate(type);
    }
    var key = Keys.generate(place, type, secret);
    made = true;
    return key;
  }

  private Passphrase.Source source(PkiChange change, KeyReference place) {
    return switch (place) {
      case KeyReference.Pkcs11 token -> change.secrets()::pin;
      case KeyReference.TpmHandle handle -> change.secrets()::pin;
      case KeyReference.KeyPath file -> passphrase(change);
      case KeyReference.Pkcs12 file -> passphrase(change);
      case KeyReference.TpmFile file -> passphrase(change);
    };
  }

  private Passphrase.Source passphrase(PkiChange change) {
    return existing ? change.secrets()::passphrase : change.secrets()::newPassphrase;
  }
}
