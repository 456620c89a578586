// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * The event log of a confidential guest (ACPI table CCEL), for Intel TDX: entries like those of a
 * crypto-agile TPM log (CC_EVENT has the layout of TCG_PCR_EVENT2), but the index is that of a
 * {@link CcRegister}, not of a PCR. UEFI 2.10, 38.2.1 and 38.4.1. Nothing in the bytes tells the
 * two apart: whoever reads a log has to know where it comes from.
 */
public final class CcEventLog {
  private final EventLog entries;

  private CcEventLog(EventLog entries) {
    this.entries = entries;
  }

  /** The whole log, with or without the 00 or FF that fill the table's memory. */
  public static CcEventLog parse(Bytes log) throws FormatException {
    var entries = new EventLogReader(log, EventLogReader.Registers.CC).read();
    if (entries.specId().isEmpty()) {
      throw new FormatException("TCG_PCR_EVENT", 0, "a CC event log without a Spec ID event");
    }
    return new CcEventLog(entries);
  }

  /** The entries; {@code pcrIndex} of each is its register's {@link CcRegister#mrIndex}. */
  public EventLog entries() {
    return entries;
  }

  public Bytes encode() {
    return entries.encode();
  }
}
