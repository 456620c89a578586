// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.StandardCharsets;

/**
 * EFI_PARTITION_ENTRY: 128 bytes, little-endian; blocks are counted in the disk's block size. UEFI
 * 2.10, 5.3.3.
 *
 * @param rawName 36 UTF-16LE characters as they stand
 */
public record GptPartition(
    EfiGuid partitionTypeGuid,
    EfiGuid uniquePartitionGuid,
    long startingLba,
    long endingLba,
    long attributes,
    Bytes rawName) {
  static final int SIZE = 128;

  private static final int NAME_SIZE = 72;

  static GptPartition read(BinaryReader reader) throws FormatException {
    return new GptPartition(
        EfiGuid.read(reader),
        EfiGuid.read(reader),
        reader.u64(),
        reader.u64(),
        reader.u64(),
        reader.bytes(NAME_SIZE));
  }

  /** The name up to its NUL; what is not UTF-16LE becomes U+FFFD. */
  public String partitionName() {
    String name = new String(rawName.toArray(), StandardCharsets.UTF_16LE);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }

  /** What the type GUID stands for, in a word; the GUID where it is not a well-known one. */
  public String typeName() {
    return switch (partitionTypeGuid.toString()) {
      case "00000000-0000-0000-0000-000000000000" -> "unused";
      case "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" -> "EFI system";
      case "21686148-6449-6e6f-744e-656564454649" -> "BIOS boot";
      case "0fc63daf-8483-4772-8e79-3d69d8477de4" -> "Linux data";
      case "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f" -> "Linux swap";
      case "e6d6d379-f507-44c2-a23c-238f2a3df928" -> "Linux LVM";
      case "a19d880f-05fc-4d3b-a006-743f0f84911e" -> "Linux RAID";
      case "bc13c2ff-59e6-4262-a352-b275fd6f7172" -> "Linux extended boot";
      case "4f68bce3-e8cd-4db1-96e7-fbcaf984b709" -> "Linux root (x86-64)";
      case "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5" -> "Linux root verity (x86-64)";
      case "41092b05-9fc8-4523-994f-2def0408b176" -> "Linux root verity signature (x86-64)";
      case "b921b045-1df0-41c3-af44-4c6f280d3fae" -> "Linux root (ARM64)";
      case "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7" -> "Microsoft basic data";
      case "e3c9e316-0b5c-4db8-817d-f92df00215ae" -> "Microsoft reserved";
      case "de94bba4-06d1-4d40-a16a-bfd50179d6ac" -> "Windows recovery";
      case "fe3a2a5d-4f32-41a7-b725-accc3285a309" -> "ChromeOS kernel";
      case "3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec" -> "ChromeOS root";
      case "2e0a753d-9e48-43b0-8337-b15192cb1b5e" -> "ChromeOS reserved";
      default -> partitionTypeGuid.toString();
    };
  }

  Bytes encode() {
    return BinaryWriter.littleEndian()
        .bytes(partitionTypeGuid.encode())
        .bytes(uniquePartitionGuid.encode())
        .u64(startingLba)
        .u64(endingLba)
        .u64(attributes)
        .bytes(rawName)
        .toBytes();
  }
}
