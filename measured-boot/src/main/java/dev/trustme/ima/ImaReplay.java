// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Extends a log's entries into one PCR of one bank, as the kernel did, and holds every logged
 * template hash against its data on the way. What is extended is computed from the data, so that a
 * PCR which agrees covers the data; violations extend all ones.
 */
public final class ImaReplay {
  /** The PCR that the kernel uses unless its policy names another. */
  public static final int DEFAULT_PCR = 10;

  /** What the kernel extends a bank with. */
  public enum Rule {
    /** The bank's own hash of the template data: since Linux 5.8. */
    PER_BANK,
    /** The SHA-1 template hash, filled up with zeros: before. */
    SHA1_PADDED
  }

  private final ImaStart start;
  private final int size;
  private final boolean sameHash;
  private final boolean padded;
  private final MessageDigest extend;
  private final MessageDigest bankHash;
  private final MessageDigest templateHash;
  private final byte[] recomputed;

  /** The PCR's value and, behind it, what it is extended with. */
  private final byte[] extension;

  private final byte[] quoted;
  private long entries;
  private long otherPcrs;
  private long violations;
  private long wrongHashes;
  private OptionalLong firstWrongHash = OptionalLong.empty();
  private OptionalLong matchedAt = OptionalLong.empty();

  private ImaReplay(ImaStart start, HashAlgorithm logged) {
    HashAlgorithm bank = start.value().algorithm();
    this.start = start;
    sameHash = bank == logged;
    padded = start.rule() == Rule.SHA1_PADDED && !sameHash;
    extend = bank.newDigestOfShort();
    bankHash = bank.newDigestOfShort();
    templateHash = logged.newDigestOfShort();
    recomputed = new byte[logged.size()];
    size = bank.size();
    extension = new byte[2 * size];
    start.value().value().copyTo(extension, 0);
    quoted = start.quoted().map(q -> q.value().toArray()).orElse(new byte[0]);
    entries = start.entries();
    compare();
  }

  /** A replay of a log of this form. Older kernels' padding is only of SHA-1 template hashes. */
  public static ImaReplay of(ImaStart start, ImaFormat format) {
    if (start.rule() == Rule.SHA1_PADDED && format.templateHash() != HashAlgorithm.SHA1) {
      throw new IllegalArgumentException("kernels that pad log SHA-1 template hashes");
    }
    return new ImaReplay(start, format.templateHash());
  }

  /** Replays what is left of the log. */
  public static ImaReplay run(ImaStart start, ImaReader reader)
      throws IOException, FormatException {
    var replay = of(start, reader.format());
    while (reader.next()) {
      replay.extend(reader);
    }
    return replay;
  }

  /** Extends the reader's current entry; one of another PCR is counted only. */
  public void extend(ImaReader entry) {
    if (entry.pcr() != start.pcr()) {
      otherPcrs++;
      return;
    }
    try {
      measure(entry);
      extend();
    } catch (DigestException e) {
      throw intoItsSize(e);
    }
  }

  /**
   * Extends an entry of this PCR, with what {@link #measured} was after another entry of the same
   * bytes: so that nothing is hashed twice.
   *
   * @param bytes what was measured, behind something else
   * @param from where it begins
   */
  public void extendMeasured(Bytes bytes, int from) {
    if (bytes.size() - from != size) {
      throw new IllegalArgumentException("measured %d bytes".formatted(bytes.size() - from));
    }
    bytes.copyTo(extension, size, from);
    try {
      extend();
    } catch (DigestException e) {
      throw intoItsSize(e);
    }
  }

  private static IllegalStateException intoItsSize(DigestException e) {
    return new IllegalStateException("digest into a buffer of its size", e);
  }

  private void extend() throws DigestException {
    extend.update(extension, 0, extension.length);
    extend.digest(extension, 0, size);
    entries++;
    compare();
  }

  private void measure(ImaReader entry) throws DigestException {
    if (entry.violation()) {
      violations++;
      Arrays.fill(extension, size, extension.length, (byte) 0xff);
      return;
    }
    boolean logged = sameHash || padded;
    if (logged || start.templateHashes()) {
      entry.updateWithTemplateData(templateHash);
      templateHash.digest(recomputed, 0, recomputed.length);
      compareTemplateHash(entry);
    }
    if (logged) {
      Arrays.fill(extension, size, extension.length, (byte) 0);
      System.arraycopy(recomputed, 0, extension, size, recomputed.length);
    } else {
      entry.updateWithTemplateData(bankHash);
      bankHash.digest(extension, size, size);
    }
  }

  private void compareTemplateHash(ImaReader entry) {
    if (start.templateHashes() && !entry.loggedHashIs(recomputed)) {
      wrongHashes++;
      if (firstWrongHash.isEmpty()) {
        firstWrongHash = OptionalLong.of(entry.count() - 1);
      }
    }
  }

  private void compare() {
    if (matchedAt.isEmpty() && Arrays.equals(extension, 0, size, quoted, 0, quoted.length)) {
      matchedAt = OptionalLong.of(entries);
    }
  }

  /** What the last entry of this PCR was extended with. */
  public Bytes measured() {
    return Bytes.copyOf(Arrays.copyOfRange(extension, size, 2 * size));
  }

  /** The PCR after the entries so far. */
  public Digest value() {
    return new Digest(start.value().algorithm(), Bytes.copyOf(Arrays.copyOf(extension, size)));
  }

  /** Entries of this PCR so far, those before the start included. */
  public long entries() {
    return entries;
  }

  /** Entries of other PCRs. */
  public long otherPcrs() {
    return otherPcrs;
  }

  public long violations() {
    return violations;
  }

  /** Entries whose logged template hash is not that of their data. */
  public long wrongTemplateHashes() {
    return wrongHashes;
  }

  /** The number, from 0, of the first such entry in the log. */
  public OptionalLong firstWrongTemplateHash() {
    return firstWrongHash;
  }

  /**
   * How the quoted value and the log relate; the log and the PCR are not read in one moment.
   *
   * @throws IllegalStateException if the replay was not told what to look for
   */
  public ImaMatch match() {
    if (start.quoted().isEmpty()) {
      throw new IllegalStateException("no quoted value");
    }
    if (matchedAt.isEmpty()) {
      return new ImaMatch.None(entries);
    }
    long at = matchedAt.getAsLong();
    return at == entries ? new ImaMatch.Exact(at) : new ImaMatch.LogAhead(at, entries - at);
  }
}
