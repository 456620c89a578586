// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import java.util.UUID;

/**
 * The working block with which firmware keeps note of a write of the variable store that spans
 * several steps. Little-endian; flags are true where the bit is cleared. EDK II,
 * MdeModulePkg/Include/Guid/SystemNvDataGuid.h and Universal/FaultTolerantWriteDxe:
 *
 * <pre>
 * EFI_GUID Signature; UINT32 Crc; UINT8 WorkingBlockValid : 1, ...; UINT8 Reserved[3];
 * UINT64 WriteQueueSize;
 * { UINT8 HeaderAllocated : 1, WritesAllocated : 1, Complete : 1, ...; EFI_GUID CallerId;
 *   UINT64 NumberOfWrites, PrivateDataSize; } and its records
 * </pre>
 */
final class FaultTolerantWrite {
  private static final String STRUCTURE = "EFI_FAULT_TOLERANT_WRITE_HEADER";
  private static final EfiGuid WORKING_BLOCK =
      new EfiGuid(UUID.fromString("9e58292b-7c68-497d-a0ce-6500fd9f1b95"));

  private static final int BLOCK = 0x1000;
  private static final int HEADER_SIZE = 32;
  private static final int WRITE_HEADER_SIZE = 40;
  private static final int WRITE_RECORD_SIZE = 40;
  private static final int ALLOCATED = 0x03;
  private static final int COMPLETE = 0x04;

  private FaultTolerantWrite() {}

  /** Refuses a volume in which firmware was interrupted between two of its steps. */
  static void requireFinished(BinaryReader volume, long storeEnd, long volumeEnd)
      throws FormatException {
    for (long at = (storeEnd + BLOCK - 1) / BLOCK * BLOCK; at + BLOCK <= volumeEnd; at += BLOCK) {
      var block = volume.at(STRUCTURE, at).slice(STRUCTURE, BLOCK);
      if (EfiGuid.read(block).equals(WORKING_BLOCK)) {
        requireFinished(block);
        return;
      }
    }
  }

  private static void requireFinished(BinaryReader block) throws FormatException {
    block.skip(HEADER_SIZE - EfiGuid.SIZE);
    while (block.remaining() >= WRITE_HEADER_SIZE) {
      var header = block.slice(STRUCTURE, WRITE_HEADER_SIZE);
      int flags = header.u8();
      if ((flags & ALLOCATED) != 0) {
        return; // Erased, or an entry whose allocation was never finished: nothing was written.
      }
      if ((flags & COMPLETE) != 0) {
        throw new FormatException(
            STRUCTURE,
            header.offset() - 1,
            "an interrupted write, which firmware completes when the machine starts");
      }
      header.skip(7 + EfiGuid.SIZE);
      long writes = header.u64();
      long privateData = header.u64();
      if (writes < 0 || writes > BLOCK || privateData < 0 || privateData > BLOCK) {
        throw header.malformed("NumberOfWrites %d".formatted(writes));
      }
      block.skip(Math.min(block.remaining(), writes * (WRITE_RECORD_SIZE + privateData)));
    }
  }
}
