// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.threshold.ShamirSecretSplitter;
import org.bouncycastle.crypto.threshold.ShamirSplitSecret;
import org.bouncycastle.crypto.threshold.ShamirSplitSecretShare;
import org.jspecify.annotations.Nullable;

/**
 * 32 random bytes, whose hex is a passphrase, split among custodians: any {@code threshold} shares
 * give it back, fewer say nothing. Shamir's scheme over GF(2^8) with the polynomial 0x11b, the
 * secret at x = 0, share i at x = i. Behind the secret, in the shares, stand 8 bytes of a hash that
 * tell whether what came out is what was split. Wiped on close.
 */
public final class SharedSecret implements AutoCloseable {
  static final int BYTES = 32;
  static final int TAG_BYTES = 8;

  private final String name;
  private final byte[] secret;

  private SharedSecret(String name, byte[] secret) {
    this.name = name;
    this.secret = secret;
  }

  public static SharedSecret generate(String name, SecureRandom random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new SharedSecret(name, secret);
  }

  /** The secret as a passphrase: 64 hex digits in a fresh array, which the caller wipes. */
  public char[] passphrase() {
    var digits = new char[2 * secret.length];
    for (int i = 0; i < secret.length; i++) {
      digits[2 * i] = HexFormat.of().toHighHexDigit(secret[i]);
      digits[2 * i + 1] = HexFormat.of().toLowHexDigit(secret[i]);
    }
    return digits;
  }

  /** A share for each custodian, in their order; each call makes another set. */
  public List<Share> split(int threshold, List<String> custodians, SecureRandom random) {
    byte[] set = new byte[Share.Label.SET_BYTES];
    random.nextBytes(set);
    List<Share.Label> labels = new ArrayList<>();
    for (String custodian : custodians) {
      labels.add(
          new Share.Label(
              name, Bytes.copyOf(set), custodian, labels.size() + 1, custodians.size(), threshold));
    }
    byte[] tagged = tagged(labels.getFirst());
    var splitter =
        ShamirSecretSplitter.getInstance(ShamirSecretSplitter.Algorithm.AES, tagged.length, random);
    var parts = splitter.resplit(tagged, threshold, labels.size()).getSecretShares();
    Arrays.fill(tagged, (byte) 0);
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      shares.add(new Share(labels.get(i), encoded(parts[i])));
    }
    return shares;
  }

  private byte[] tagged(Share.Label label) {
    byte[] tagged = Arrays.copyOf(secret, BYTES + TAG_BYTES);
    System.arraycopy(tag(label, secret), 0, tagged, BYTES, TAG_BYTES);
    return tagged;
  }

  /** Binds the secret to its name, set and threshold. */
  private static byte[] tag(Share.Label label, byte[] secret) {
    Bytes hash =
        HashAlgorithm.SHA256
            .digest(
                Bytes.utf8(
                    "trustme shared secret 1\n%s\n%s\n%d\n"
                        .formatted(label.secret(), label.set().hex(), label.threshold())),
                Bytes.copyOf(secret))
            .value();
    return hash.slice(0, TAG_BYTES).toArray();
  }

  private static byte[] encoded(ShamirSplitSecretShare part) {
    try {
      return part.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a share encodes", e);
    }
  }

  /**
   * The secret that these shares open.
   *
   * @throws GeneralSecurityException where shares are too few, of different sets, given twice, or
   *     changed; names the custodians
   */
  public static SharedSecret combine(List<Share> shares) throws GeneralSecurityException {
    ShareSet.check(shares);
    var label = shares.getFirst().label();
    var secret = open(shares.subList(0, label.threshold()));
    if (secret == null) {
      throw new GeneralSecurityException(ShareSet.blame(shares, SharedSecret::opens));
    }
    // Each further share must lie on the same curve: else it is a wrong one, though not needed.
    for (int i = label.threshold(); i < shares.size(); i++) {
      var others = new ArrayList<>(shares.subList(0, label.threshold() - 1));
      others.add(shares.get(i));
      if (!opens(others)) {
        secret.close();
        throw new GeneralSecurityException(ShareSet.blame(shares, SharedSecret::opens));
      }
    }
    return secret;
  }

  private static boolean opens(List<Share> shares) {
    var secret = open(shares);
    if (secret != null) {
      secret.close();
    }
    return secret != null;
  }

  private static @Nullable SharedSecret open(List<Share> shares) {
    var parts =
        shares.stream()
            .map(s -> new ShamirSplitSecretShare(s.value(), s.label().index()))
            .toArray(ShamirSplitSecretShare[]::new);
    try {
      byte[] tagged =
          ShamirSplitSecret.getInstance(ShamirSecretSplitter.Algorithm.AES, parts).getSecret();
      byte[] secret = Arrays.copyOf(tagged, BYTES);
      byte[] tag = Arrays.copyOfRange(tagged, BYTES, tagged.length);
      Arrays.fill(tagged, (byte) 0);
      var label = shares.getFirst().label();
      if (MessageDigest.isEqual(tag, tag(label, secret))) {
        return new SharedSecret(label.secret(), secret);
      }
      Arrays.fill(secret, (byte) 0);
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("a share encodes", e);
    }
  }

  @Override
  public void close() {
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "SharedSecret[" + name + "]";
  }
}
