// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.Optional;

/**
 * The kernel's enum hash_algo, in its order: signature headers hold the ordinal, digests the name.
 * Linux include/uapi/linux/hash_info.h.
 */
public enum KernelHash {
  MD4("md4", 16),
  MD5("md5", 16),
  SHA1("sha1", 20),
  RIPE_MD_160("rmd160", 20),
  SHA256("sha256", 32),
  SHA384("sha384", 48),
  SHA512("sha512", 64),
  SHA224("sha224", 28),
  RIPE_MD_128("rmd128", 16),
  RIPE_MD_256("rmd256", 32),
  RIPE_MD_320("rmd320", 40),
  WP_256("wp256", 32),
  WP_384("wp384", 48),
  WP_512("wp512", 64),
  TGR_128("tgr128", 16),
  TGR_160("tgr160", 20),
  TGR_192("tgr192", 24),
  SM3_256("sm3", 32),
  STREEBOG_256("streebog256", 32),
  STREEBOG_512("streebog512", 64),
  SHA3_256("sha3-256", 32),
  SHA3_384("sha3-384", 48),
  SHA3_512("sha3-512", 64);

  private static final KernelHash[] ALL = values();

  private final String label;
  private final int size;

  KernelHash(String label, int size) {
    this.label = label;
    this.size = size;
  }

  /** The name in a digest field. */
  public String label() {
    return label;
  }

  /** Digest size in bytes. */
  public int size() {
    return size;
  }

  public static Optional<KernelHash> byLabel(String label) {
    return Arrays.stream(ALL).filter(a -> a.label.equals(label)).findFirst();
  }

  /** The algorithm of a signature header's hash_algo. */
  public static Optional<KernelHash> byNumber(int number) {
    return number < ALL.length ? Optional.of(ALL[number]) : Optional.empty();
  }

  /** What a signature header's hash_algo holds. */
  public int number() {
    return Arrays.asList(ALL).indexOf(this);
  }

  /** The kernel's name for an algorithm of ours. */
  public static KernelHash of(HashAlgorithm algorithm) {
    return byLabel(algorithm.label()).orElseThrow();
  }

  /** The algorithm where we compute it. */
  public Optional<HashAlgorithm> algorithm() {
    return HashAlgorithm.byLabel(label);
  }

  /** The value as a digest that can be compared with ours; empty for what we do not compute. */
  Optional<Digest> digest(Bytes value) {
    return HashAlgorithm.byLabel(label).map(algorithm -> new Digest(algorithm, value));
  }
}
