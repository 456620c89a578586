// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * TPMS_PCR_SELECTION: PCRs of one bank, ascending. TPM 2.0 Part 2, 10.6.2. {@code sizeofSelect} is
 * 3, as PC Client platforms have 24 PCRs (PC Client Platform TPM Profile 1.05, 4.6).
 */
public record TpmsPcrSelection(HashAlgorithm hash, List<Integer> pcrs) {
  /** PCRs of a PC Client TPM: 0 to 23. */
  public static final int PCR_COUNT = 24;

  private static final int SIZE_OF_SELECT = PCR_COUNT / 8;

  public TpmsPcrSelection {
    pcrs = List.copyOf(pcrs);
    int previous = -1;
    for (int pcr : pcrs) {
      if (pcr <= previous || pcr >= PCR_COUNT) {
        throw new IllegalArgumentException("PCRs must ascend from 0 to 23: " + pcrs);
      }
      previous = pcr;
    }
  }

  /** The selection of these PCRs, in whatever order they are given. */
  public static TpmsPcrSelection of(HashAlgorithm hash, Collection<Integer> pcrs) {
    return new TpmsPcrSelection(hash, List.copyOf(new TreeSet<>(pcrs)));
  }

  static TpmsPcrSelection read(BinaryReader outer) throws FormatException {
    var reader = outer.named("TPMS_PCR_SELECTION");
    var hash = TpmAlgId.readHash(reader);
    int size = reader.u8();
    if (size != SIZE_OF_SELECT) {
      throw reader.malformed("sizeofSelect %d, expected %d".formatted(size, SIZE_OF_SELECT));
    }
    List<Integer> pcrs = new ArrayList<>();
    for (int octet = 0; octet < size; octet++) {
      int bits = reader.u8();
      for (int bit = 0; bit < 8; bit++) {
        if ((bits >> bit & 1) == 1) {
          pcrs.add(octet * 8 + bit);
        }
      }
    }
    return new TpmsPcrSelection(hash, pcrs);
  }

  void write(BinaryWriter writer) {
    var select = new byte[SIZE_OF_SELECT];
    pcrs.forEach(pcr -> select[pcr / 8] |= (byte) (1 << pcr % 8));
    writer.u16(hash.tpmAlgId()).u8(SIZE_OF_SELECT).bytes(select);
  }

  /** {@code sha256:0,4,7}. */
  @Override
  public String toString() {
    return hash.label() + ":" + String.join(",", pcrs.stream().map(String::valueOf).toList());
  }
}
