// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.DevicePath.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Text of device path nodes, in the form that can be read back. UEFI 2.10, 10.6.1.6, table 10.66.
 * Hardware, ACPI and BIOS boot nodes here. A node with more or fewer bytes than its type has is
 * shown as an unknown one.
 */
final class DevicePathText {
  private static final int PNP = 0x41d0;

  private DevicePathText() {}

  static String of(Node node) {
    try {
      var reader = BinaryReader.littleEndian(node.data(), "device path node");
      String text =
          switch (node.type()) {
            case Node.HARDWARE -> hardware(node, reader);
            case Node.ACPI -> acpi(node, reader);
            case Node.MESSAGING -> MessagingText.of(node, reader);
            case Node.MEDIA -> MediaText.of(node, reader);
            case Node.BIOS_BOOT -> biosBoot(node, reader);
            default -> unknown(node, reader);
          };
      reader.expectEnd();
      return text;
    } catch (FormatException e) {
      return path(node);
    }
  }

  /** The text of a node whose type is not known. */
  static String unknown(Node node, BinaryReader in) {
    in.rest();
    return path(node);
  }

  private static String path(Node node) {
    String data = node.data().isEmpty() ? "" : "," + node.data().hex();
    return "Path(%d,%d%s)".formatted(node.type(), node.subType(), data);
  }

  private static String hardware(Node node, BinaryReader in) throws FormatException {
    return switch (node.subType()) {
      case 1 -> {
        int function = in.u8();
        yield "Pci(0x%x,0x%x)".formatted(in.u8(), function);
      }
      case 2 -> "PcCard(0x%x)".formatted(in.u8());
      case 3 -> "MemoryMapped(0x%x,0x%x,0x%x)".formatted(in.u32(), in.u64(), in.u64());
      case 4 -> vendor("VenHw", in);
      case 5 -> "Ctrl(0x%x)".formatted(in.u32());
      case 6 -> "BMC(0x%x,0x%x)".formatted(in.u8(), in.u64());
      default -> unknown(node, in);
    };
  }

  static String vendor(String name, BinaryReader in) throws FormatException {
    EfiGuid guid = EfiGuid.read(in);
    Bytes data = in.rest();
    return "%s(%s%s)".formatted(name, guid, data.isEmpty() ? "" : "," + data.hex());
  }

  private static String acpi(Node node, BinaryReader in) throws FormatException {
    return switch (node.subType()) {
      case 1 -> hid(in.u32(), in.u32());
      case 2 -> extendedHid(in);
      case 3 -> {
        List<String> addresses = new ArrayList<>();
        do {
          addresses.add("0x%x".formatted(in.u32()));
        } while (in.hasRemaining());
        yield "AcpiAdr(%s)".formatted(String.join(",", addresses));
      }
      default -> unknown(node, in);
    };
  }

  private static String hid(long hid, long uid) {
    if ((hid & 0xffff) != PNP) {
      return "Acpi(0x%08x,0x%x)".formatted(hid, uid);
    }
    return switch ((int) (hid >>> 16)) {
      case 0x0a03 -> "PciRoot(0x%x)".formatted(uid);
      case 0x0a08 -> "PcieRoot(0x%x)".formatted(uid);
      case 0x0604 -> "Floppy(0x%x)".formatted(uid);
      case 0x0301 -> "Keyboard(0x%x)".formatted(uid);
      case 0x0501 -> "Serial(0x%x)".formatted(uid);
      case 0x0401 -> "ParallelPort(0x%x)".formatted(uid);
      default -> "Acpi(PNP%04X,0x%x)".formatted(hid >>> 16, uid);
    };
  }

  private static String extendedHid(BinaryReader in) throws FormatException {
    long hid = in.u32();
    long uid = in.u32();
    long cid = in.u32();
    String hidText = asciiz(in);
    String uidText = asciiz(in);
    String cidText = asciiz(in);
    if (hidText.isEmpty() && cidText.isEmpty() && !uidText.isEmpty()) {
      return "AcpiExp(%s,%s,%s)".formatted(eisaId(hid), cid == 0 ? "0" : eisaId(cid), uidText);
    }
    return "AcpiEx(%s,%s,0x%x,%s,%s,%s)"
        .formatted(eisaId(hid), eisaId(cid), uid, hidText, cidText, uidText);
  }

  /** Three letters of five bits each, then the product number. ACPI 6.4, EISAID. */
  private static String eisaId(long id) {
    return "%c%c%c%04X"
        .formatted(
            (char) ('@' + (id >>> 10 & 0x1f)),
            (char) ('@' + (id >>> 5 & 0x1f)),
            (char) ('@' + (id & 0x1f)),
            id >>> 16);
  }

  private static String biosBoot(Node node, BinaryReader in) throws FormatException {
    if (node.subType() != 1) {
      return unknown(node, in);
    }
    int device = in.u16();
    int status = in.u16();
    String name =
        switch (device) {
          case 1 -> "Floppy";
          case 2 -> "HD";
          case 3 -> "CDROM";
          case 4 -> "PCMCIA";
          case 5 -> "USB";
          case 6 -> "Network";
          default -> "0x%x".formatted(device);
        };
    return "BBS(%s,%s,0x%x)".formatted(name, asciiz(in), status);
  }

  /** 8-bit text up to its NUL, which must be there. */
  static String asciiz(BinaryReader in) throws FormatException {
    var text = new StringBuilder();
    for (int c = in.u8(); c != 0; c = in.u8()) {
      text.append((char) c);
    }
    return text.toString();
  }

  /** UTF-16LE to the end of the node, NULs at its end dropped; none may stand inside. */
  static String utf16(BinaryReader in) throws FormatException {
    try {
      ByteBuffer raw = in.rest().buffer().order(ByteOrder.LITTLE_ENDIAN);
      String text = StandardCharsets.UTF_16LE.newDecoder().decode(raw).toString();
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == '\0') {
        end--;
      }
      if (text.lastIndexOf('\0', end - 1) >= 0) {
        throw in.malformed("text after a NUL");
      }
      return text.substring(0, end);
    } catch (CharacterCodingException e) {
      throw new FormatException("device path node", in.offset(), "is not UTF-16LE");
    }
  }
}
