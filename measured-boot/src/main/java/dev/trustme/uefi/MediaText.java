// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.DevicePath.Node;

/** Text of media nodes. UEFI 2.10, 10.3.5 and 10.6.1.6. */
final class MediaText {
  private static final int SIGNATURE_SIZE = 16;
  private static final int MBR = 1;
  private static final int GPT = 2;

  private MediaText() {}

  static String of(Node node, BinaryReader in) throws FormatException {
    return switch (node.subType()) {
      case 1 -> hardDrive(in);
      case 2 -> "CDROM(0x%x,0x%x,0x%x)".formatted(in.u32(), in.u64(), in.u64());
      case 3 -> DevicePathText.vendor("VenMedia", in);
      case 4 -> DevicePathText.utf16(in);
      case 5 -> "Media(%s)".formatted(EfiGuid.read(in));
      case 6 -> "FvFile(%s)".formatted(EfiGuid.read(in));
      case 7 -> "Fv(%s)".formatted(EfiGuid.read(in));
      case 8 -> {
        in.skip(4);
        yield "Offset(0x%x,0x%x)".formatted(in.u64(), in.u64());
      }
      case 9 -> ramDisk(in);
      default -> DevicePathText.unknown(node, in);
    };
  }

  private static String hardDrive(BinaryReader in) throws FormatException {
    long number = in.u32();
    long start = in.u64();
    long size = in.u64();
    Bytes signature = in.bytes(SIGNATURE_SIZE);
    in.skip(1);
    int signatureType = in.u8();
    String of =
        switch (signatureType) {
          case MBR ->
              "MBR,0x%08x".formatted(BinaryReader.littleEndian(signature, "signature").u32());
          case GPT -> "GPT," + EfiGuid.parse(signature);
          default -> signatureType + ",0";
        };
    return "HD(%d,%s,0x%x,0x%x)".formatted(number, of, start, size);
  }

  private static String ramDisk(BinaryReader in) throws FormatException {
    long start = in.u64();
    long end = in.u64();
    EfiGuid type = EfiGuid.read(in);
    int instance = in.u16();
    String name =
        switch (type.toString()) {
          case "77ab535a-45fc-624b-5560-f7b281d1f96e" -> "VirtualDisk";
          case "3d5abd30-4175-87ce-6d64-d2ade523c4bb" -> "VirtualCD";
          case "5cea02c9-4d07-69d3-269f-4496fbe096f9" -> "PersistentVirtualDisk";
          case "08018188-42cd-bb48-100f-5387d53ded3d" -> "PersistentVirtualCD";
          default -> "";
        };
    return name.isEmpty()
        ? "RamDisk(0x%x,0x%x,%d,%s)".formatted(start, end, instance, type)
        : "%s(0x%x,0x%x,%d)".formatted(name, start, end, instance);
  }
}
