// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** TPMA_NV: who may do what with an NV index, as 32 bits. TPM 2.0 Part 2, 13.4. */
public record TpmaNv(long bits) {
  private static final int TYPE_SHIFT = 4;
  private static final long TYPE_MASK = 0xf0;

  /** The bits that are flags, by their numbers. */
  public enum Flag {
    PPWRITE(0),
    OWNERWRITE(1),
    AUTHWRITE(2),
    POLICYWRITE(3),
    POLICY_DELETE(10),
    WRITELOCKED(11),
    WRITEALL(12),
    WRITEDEFINE(13),
    WRITE_STCLEAR(14),
    GLOBALLOCK(15),
    PPREAD(16),
    OWNERREAD(17),
    AUTHREAD(18),
    POLICYREAD(19),
    NO_DA(25),
    ORDERLY(26),
    CLEAR_STCLEAR(27),
    READLOCKED(28),
    WRITTEN(29),
    PLATFORMCREATE(30),
    READ_STCLEAR(31);

    private final int bit;

    Flag(int bit) {
      this.bit = bit;
    }

    private long mask() {
      return 1L << bit;
    }
  }

  public TpmaNv {
    if (bits < 0 || bits > 0xffffffffL) {
      throw new IllegalArgumentException("TPMA_NV of more than 32 bits");
    }
  }

  public static TpmaNv of(NvType type, Flag... flags) {
    long bits = (long) type.number() << TYPE_SHIFT;
    for (Flag flag : flags) {
      bits |= flag.mask();
    }
    return new TpmaNv(bits);
  }

  public boolean has(Flag flag) {
    return (bits & flag.mask()) != 0;
  }

  /** The same attributes after the first write, which sets TPMA_NV_WRITTEN and so the name. */
  public TpmaNv with(Flag flag) {
    return new TpmaNv(bits | flag.mask());
  }

  public TpmaNv without(Flag flag) {
    return new TpmaNv(bits & ~flag.mask());
  }

  /** Empty for a number that the specification reserves. */
  public Optional<NvType> type() {
    return NvType.byNumber((int) ((bits & TYPE_MASK) >> TYPE_SHIFT));
  }

  /** {@code counter|authread|written}: as tpm2-tools write them, the type first. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    words.add(type().map(NvType::label).orElse("reserved-type"));
    for (Flag flag : Flag.values()) {
      if (has(flag)) {
        words.add(flag.name().toLowerCase(Locale.ROOT));
      }
    }
    return String.join("|", words);
  }
}
