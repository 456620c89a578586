// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** TPML_PCR_SELECTION on the wire. TPM 2.0 Part 2, 10.9.7 and 10.6.2. */
final class PcrSelections {
  /** TPM2_PCR_SELECT_MIN on a PC: 24 PCRs. */
  private static final int SELECT_SIZE = 3;

  private PcrSelections() {}

  static Bytes encode(int tpmAlgId, SortedSet<Integer> pcrs) {
    var select = new byte[SELECT_SIZE];
    for (int pcr : pcrs) {
      select[pcr / 8] |= (byte) (1 << (pcr % 8));
    }
    return BinaryWriter.bigEndian().u32(1).u16(tpmAlgId).u8(SELECT_SIZE).bytes(select).toBytes();
  }

  /** Selected PCRs by TPM_ALG_ID of the bank. */
  static SortedMap<Integer, SortedSet<Integer>> read(BinaryReader reader) throws FormatException {
    SortedMap<Integer, SortedSet<Integer>> banks = new TreeMap<>();
    long count = reader.u32();
    for (long bank = 0; bank < count; bank++) {
      int algorithm = reader.u16();
      Bytes select = reader.bytes(reader.u8());
      SortedSet<Integer> pcrs = new TreeSet<>();
      for (int pcr = 0; pcr < select.size() * 8; pcr++) {
        if ((select.at(pcr / 8) & 1 << (pcr % 8)) != 0) {
          pcrs.add(pcr);
        }
      }
      banks.put(algorithm, pcrs);
    }
    return banks;
  }
}
