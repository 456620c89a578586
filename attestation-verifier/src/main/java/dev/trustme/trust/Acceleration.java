// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.HashAlgorithm;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Signature;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Native RSA, ECDSA and SHA-2 for commands that sign or verify many things: the Amazon Corretto
 * Crypto Provider, several times as fast as this suite's own way and with the same results. It
 * takes a quarter of a second to load, so a command that does one thing never asks for it. Where it
 * cannot be loaded (another processor, another C library, no jar) everything is as without it, only
 * slower. It is never registered with the JVM.
 */
public final class Acceleration {
  private static final String PROVIDER =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  /** Below this many signatures, loading takes longer than it saves. */
  private static final int WORTH_LOADING = 16;

  /** Bytes that take as long to hash with code of the JVM that was not compiled yet. */
  private static final long WORTH_HASHING = 8L << 20;

  private static final Object LOADING = new Object();
  private static volatile @Nullable Provider provider;
  private static volatile boolean expected;
  private static boolean tried;

  private Acceleration() {}

  /**
   * Says that this process is about to make or check so many signatures, and to hash so many bytes.
   * Where that is worth it, a thread in the background loads the provider, which is used from the
   * moment that it is there.
   */
  public static void expect(int signatures, long bytes) {
    if (signatures >= WORTH_LOADING || bytes >= WORTH_HASHING) {
      expected = true;
      Thread.ofPlatform().daemon().name("acceleration").start(Acceleration::load);
    }
  }

  static void load() {
    synchronized (LOADING) {
      if (!tried) {
        tried = true;
        provider = loaded();
        provider().ifPresent(HashAlgorithm::hashWith);
      }
    }
  }

  /** The provider where it was asked for and is there. */
  public static Optional<Provider> provider() {
    return Optional.ofNullable(provider);
  }

  /** The same, after waiting for it where it is being loaded. */
  public static Optional<Provider> arrived() {
    if (expected) {
      load();
    }
    return provider();
  }

  /** Its classes need no native library until they are asked for an algorithm: so that is done. */
  private static @Nullable Provider loaded() {
    try {
      var type = Class.forName(PROVIDER).asSubclass(Provider.class);
      var found = type.getDeclaredConstructor().newInstance();
      Signature.getInstance("SHA256withRSA", found);
      Signature.getInstance("SHA256withECDSA", found);
      MessageDigest.getInstance("SHA-256", found);
      return found;
    } catch (ReflectiveOperationException | GeneralSecurityException | LinkageError e) {
      return null; // What it does is done without it.
    }
  }
}
