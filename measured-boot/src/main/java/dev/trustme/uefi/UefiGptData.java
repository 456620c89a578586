// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * UEFI_GPT_DATA: a partition table as it is measured, its header and its used entries.
 * Little-endian. TCG PC Client Platform Firmware Profile, section on GPT measurements; UEFI 2.10,
 * 5.3:
 *
 * <pre>
 * EFI_PARTITION_TABLE_HEADER UEFIPartitionHeader (92 bytes); UINT64 NumberOfPartitions;
 * EFI_PARTITION_ENTRY Partitions[] (128 bytes each);
 * </pre>
 */
public record UefiGptData(Header header, List<GptPartition> partitions) {
  private static final String STRUCTURE = "UEFI_GPT_DATA";
  private static final int ENTRY_SIZE = GptPartition.SIZE;
  private static final int SIGNATURE_SIZE = 8;

  public UefiGptData {
    partitions = List.copyOf(partitions);
  }

  /**
   * EFI_PARTITION_TABLE_HEADER as it stands: nothing in it is checked.
   *
   * @param signature 8 bytes, {@code EFI PART}
   */
  public record Header(
      Bytes signature,
      long revision,
      long headerSize,
      long headerCrc32,
      long reserved,
      long myLba,
      long alternateLba,
      long firstUsableLba,
      long lastUsableLba,
      EfiGuid diskGuid,
      long partitionEntryLba,
      long numberOfPartitionEntries,
      long sizeOfPartitionEntry,
      long partitionEntryArrayCrc32) {
    static Header read(BinaryReader reader) throws FormatException {
      return new Header(
          reader.bytes(SIGNATURE_SIZE),
          reader.u32(),
          reader.u32(),
          reader.u32(),
          reader.u32(),
          reader.u64(),
          reader.u64(),
          reader.u64(),
          reader.u64(),
          EfiGuid.read(reader),
          reader.u64(),
          reader.u32(),
          reader.u32(),
          reader.u32());
    }

    Bytes encode() {
      return BinaryWriter.littleEndian()
          .bytes(signature)
          .u32(revision)
          .u32(headerSize)
          .u32(headerCrc32)
          .u32(reserved)
          .u64(myLba)
          .u64(alternateLba)
          .u64(firstUsableLba)
          .u64(lastUsableLba)
          .bytes(diskGuid.encode())
          .u64(partitionEntryLba)
          .u32(numberOfPartitionEntries)
          .u32(sizeOfPartitionEntry)
          .u32(partitionEntryArrayCrc32)
          .toBytes();
    }
  }

  public static UefiGptData parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, STRUCTURE);
    Header header = Header.read(reader);
    long count = reader.u64();
    if (count < 0 || count > reader.remaining() / ENTRY_SIZE) {
      throw reader.malformed(
          "NumberOfPartitions %s, but %d bytes remain"
              .formatted(Long.toUnsignedString(count), reader.remaining()));
    }
    List<GptPartition> partitions = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      partitions.add(GptPartition.read(reader));
    }
    reader.expectEnd();
    return new UefiGptData(header, partitions);
  }

  public Bytes encode() {
    var out = BinaryWriter.littleEndian().bytes(header.encode()).u64(partitions.size());
    partitions.forEach(partition -> out.bytes(partition.encode()));
    return out.toBytes();
  }
}
