// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.bytes;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hash algorithms that logs, quotes and signatures use. TPM_ALG_ID values: TCG Algorithm
 * Registry 1.34, table 3.
 */
public enum HashAlgorithm {
  SHA1(0x0004, 20, "SHA-1"),
  SHA256(0x000b, 32, "SHA-256"),
  SHA384(0x000c, 48, "SHA-384"),
  SHA512(0x000d, 64, "SHA-512"),
  SHA3_256(0x0027, 32, "SHA3-256"),
  SHA3_384(0x0028, 48, "SHA3-384"),
  SHA3_512(0x0029, 64, "SHA3-512");

  private static final HashAlgorithm[] ALL = values();

  private static volatile @Nullable Provider faster;

  private final int tpmAlgId;
  private final int size;
  private final String jcaName;

  HashAlgorithm(int tpmAlgId, int size, String jcaName) {
    this.tpmAlgId = tpmAlgId;
    this.size = size;
    this.jcaName = jcaName;
  }

  /** The TPM_ALG_ID. */
  public int tpmAlgId() {
    return tpmAlgId;
  }

  /** Digest size in bytes. */
  public int size() {
    return size;
  }

  public String jcaName() {
    return jcaName;
  }

  /** The name in digests, commands and JSON: {@code sha256}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<HashAlgorithm> byTpmAlgId(int id) {
    for (HashAlgorithm algorithm : ALL) {
      if (algorithm.tpmAlgId == id) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  public static Optional<HashAlgorithm> byLabel(String label) {
    return Arrays.stream(values()).filter(a -> a.label().equals(label)).findFirst();
  }

  /**
   * From now on this provider's digests are used in the whole process, for the algorithms that it
   * has: code that is fast from the first byte on, where the JDK's has to be compiled first.
   */
  public static void hashWith(Provider provider) {
    faster = provider;
  }

  /** A fresh, unshared digest: of the JDK, or of what is faster. */
  public MessageDigest newDigest() {
    var provider = faster;
    try {
      return provider != null && provider.getService("MessageDigest", jcaName) != null
          ? MessageDigest.getInstance(jcaName, provider)
          : newDigestOfShort();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a provider without " + jcaName, e);
    }
  }

  /**
   * A fresh, unshared digest of the JDK, for very many messages of a block or two, once it is
   * compiled: a call of native code takes as long as one of them.
   */
  public MessageDigest newDigestOfShort() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no " + jcaName, e);
    }
  }

  /** Hash of the parts, one after the other. */
  public Digest digest(Bytes... parts) {
    MessageDigest digest = newDigest();
    for (Bytes part : parts) {
      part.addTo(digest);
    }
    return new Digest(this, Bytes.owning(digest.digest()));
  }

  public Digest digest(byte[] data) {
    return new Digest(this, Bytes.copyOf(newDigest().digest(data)));
  }

  public Digest digest(ByteBuffer data) {
    MessageDigest digest = newDigest();
    digest.update(data.duplicate());
    return new Digest(this, Bytes.copyOf(digest.digest()));
  }
}
