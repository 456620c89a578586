// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One custodian's share of a secret: a page of text that can be printed and typed again. Alone it
 * says nothing of the secret. Its check finds what was mistyped; all else is found when shares are
 * combined. Wiped on close; never printed by accident.
 *
 * <pre>
 * trustme share 1
 * secret     roots
 * set        8f3a91c20d44b7e1
 * custodian  Alice Example
 * share      1 of 3, any 2 open it
 * 1          4f3a 91c2 0d44 b7e1
 * ...
 * 5          0d44 b7e1 4f3a 91c2
 * check      9c2e01fd
 * </pre>
 */
public final class Share implements AutoCloseable {
  /** Bytes of a share's value: as many as the secret and its tag have. */
  static final int BYTES = SharedSecret.BYTES + SharedSecret.TAG_BYTES;

  private static final int MAX_SHARES = 60;
  private static final int CHECK_BYTES = 4;

  /** What is no secret: which share of which set this is. {@code set} has 8 bytes. */
  public record Label(
      String secret, Bytes set, String custodian, int index, int count, int threshold) {
    static final int SET_BYTES = 8;

    public Label {
      require(secret.matches("[a-z0-9]+(-[a-z0-9]+)*"), "secret: expected a lower-case name");
      require(set.size() == SET_BYTES, "set: expected 16 hex digits");
      require(
          !custodian.isBlank()
              && custodian.equals(custodian.strip())
              && custodian.length() <= 64
              && custodian.chars().noneMatch(Character::isISOControl),
          "custodian: expected 1 to 64 printable characters");
      require(count >= 2 && count <= MAX_SHARES, "share: of 2 to %d".formatted(MAX_SHARES));
      require(threshold >= 2 && threshold <= count, "share: any 2 to %d open it".formatted(count));
      require(index >= 1 && index <= count, "share: number 1 to %d".formatted(count));
    }

    private static void require(boolean condition, String problem) {
      if (!condition) {
        throw new IllegalArgumentException(problem);
      }
    }

    /** Same set, and so to be combined. */
    boolean fits(Label other) {
      return secret.equals(other.secret)
          && set.equals(other.set)
          && count == other.count
          && threshold == other.threshold;
    }
  }

  private final Label label;
  private final byte[] value;

  Share(Label label, byte[] value) {
    if (value.length != BYTES) {
      throw new IllegalArgumentException("a share of %d bytes".formatted(value.length));
    }
    this.label = label;
    this.value = value.clone();
  }

  public Label label() {
    return label;
  }

  /** A copy, which the caller wipes. */
  byte[] value() {
    return value.clone();
  }

  /** The page, with a final line end; the caller wipes it. */
  public byte[] encode() {
    return ShareText.of(label, value, check(label, value));
  }

  /** Reads a page as {@link #encode} wrote it, or as somebody typed it. */
  public static Share parse(Bytes page) throws FormatException {
    return ShareText.parse(page);
  }

  /** SHA-256 over everything on the page, cut to 4 bytes: for typing errors. */
  static byte[] check(Label label, byte[] value) {
    Bytes digest =
        HashAlgorithm.SHA256
            .digest(
                Bytes.utf8(
                    "trustme share 1\n%s\n%s\n%s\n%d %d %d\n%s"
                        .formatted(
                            label.secret(),
                            label.set().hex(),
                            label.custodian(),
                            label.index(),
                            label.count(),
                            label.threshold(),
                            HexFormat.of().formatHex(value))))
            .value();
    return digest.slice(0, CHECK_BYTES).toArray();
  }

  @Override
  public void close() {
    Arrays.fill(value, (byte) 0);
  }

  @Override
  public String toString() {
    return "Share[%s, %d of %d]".formatted(label.custodian(), label.index(), label.count());
  }
}
