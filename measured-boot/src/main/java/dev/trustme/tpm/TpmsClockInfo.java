// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * TPMS_CLOCK_INFO. TPM 2.0 Part 2, 10.11.1.
 *
 * @param clock milliseconds that the TPM was powered; unsigned; rises over resets
 * @param resetCount TPM resets since the last TPM2_Clear
 * @param restartCount resumes since the last reset
 * @param safe no value of clock greater than this one was ever given out
 */
public record TpmsClockInfo(long clock, long resetCount, long restartCount, boolean safe) {
  /** The counters in a TPMS_TIME_INFO, behind its milliseconds since the reset. 10.11.6. */
  public static TpmsClockInfo parseTimeInfo(Bytes timeInfo) throws FormatException {
    var reader = BinaryReader.bigEndian(timeInfo, "TPMS_TIME_INFO");
    reader.skip(8);
    var info = read(reader);
    reader.expectEnd();
    return info;
  }

  static TpmsClockInfo read(BinaryReader outer) throws FormatException {
    var reader = outer.named("TPMS_CLOCK_INFO");
    long clock = reader.u64();
    long resetCount = reader.u32();
    long restartCount = reader.u32();
    int safe = reader.u8();
    if (safe > 1) {
      throw reader.malformed("safe is %d, expected 0 or 1".formatted(safe));
    }
    return new TpmsClockInfo(clock, resetCount, restartCount, safe == 1);
  }

  void write(BinaryWriter writer) {
    writer.u64(clock).u32(resetCount).u32(restartCount).u8(safe ? 1 : 0);
  }
}
