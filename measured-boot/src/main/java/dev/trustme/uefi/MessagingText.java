// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.DevicePath.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Text of messaging nodes: buses and networks. UEFI 2.10, 10.3.4 and 10.6.1.6. */
final class MessagingText {
  private static final String SAS = "d487ddb4-008b-11d9-afdc-001083ffca4d";
  private static final String UART_FLOW_CONTROL = "37499a9d-542f-4c89-a026-35da142094e4";
  private static final int MAC_SIZE = 32;
  private static final int ETHERNET_SIZE = 6;

  private MessagingText() {}

  static String of(Node node, BinaryReader in) throws FormatException {
    return switch (node.subType()) {
      case 1 -> ata(in);
      case 2 -> {
        int pun = in.u16();
        yield "Scsi(0x%x,0x%x)".formatted(pun, in.u16());
      }
      case 3 -> {
        in.skip(4);
        yield "Fibre(0x%x,0x%x)".formatted(in.u64(), in.u64());
      }
      case 4 -> {
        in.skip(4);
        yield "I1394(%016x)".formatted(in.u64());
      }
      case 5 -> "USB(0x%x,0x%x)".formatted(in.u8(), in.u8());
      case 6 -> "I2O(0x%x)".formatted(in.u32());
      case 9 ->
          "Infiniband(0x%x,%s,0x%x,0x%x,0x%x)"
              .formatted(in.u32(), EfiGuid.read(in), in.u64(), in.u64(), in.u64());
      case 10 -> vendor(in);
      case 11 -> mac(in);
      case 12 -> NetworkText.ipv4(in);
      case 13 -> NetworkText.ipv6(in);
      case 14 -> uart(in);
      case 15 ->
          "UsbClass(0x%x,0x%x,0x%x,0x%x,0x%x)"
              .formatted(in.u16(), in.u16(), in.u8(), in.u8(), in.u8());
      case 16 -> usbWwid(in);
      case 17 -> "Unit(0x%x)".formatted(in.u8());
      case 18 -> "Sata(0x%x,0x%x,0x%x)".formatted(in.u16(), in.u16(), in.u16());
      case 19 -> NetworkText.iscsi(in);
      case 20 -> "Vlan(%d)".formatted(in.u16());
      default -> newer(node, in);
    };
  }

  private static String newer(Node node, BinaryReader in) throws FormatException {
    return switch (node.subType()) {
      case 21 -> {
        in.skip(4);
        yield "FibreEx(0x%s,0x%s)".formatted(in.bytes(8), in.bytes(8));
      }
      case 22 -> "SasEx(0x%s,0x%s,%s)".formatted(in.bytes(8), in.bytes(8), topology(in));
      case 23 -> nvme(in);
      case 24 -> "Uri(%s)".formatted(latin1(in.rest()));
      case 25 -> "UFS(0x%x,0x%x)".formatted(in.u8(), in.u8());
      case 26 -> "SD(0x%x)".formatted(in.u8());
      case 27 -> "Bluetooth(%s)".formatted(in.bytes(6));
      case 28 -> "Wi-Fi(%s)".formatted(wifi(in.bytes(32)));
      case 29 -> "eMMC(0x%x)".formatted(in.u8());
      case 30 -> "BluetoothLE(%s,0x%02x)".formatted(in.bytes(6), in.u8());
      case 31 -> NetworkText.dns(in);
      case 32 -> "NvdimmNamespace(%s)".formatted(EfiGuid.read(in));
      case 33 -> "RestService(0x%x,0x%x)".formatted(in.u8(), in.u8());
      case 34 -> {
        int identifierType = in.u8();
        Bytes identifier = in.bytes(16);
        yield "NVMEoF(%s,0x%x,%s)".formatted(DevicePathText.asciiz(in), identifierType, identifier);
      }
      default -> DevicePathText.unknown(node, in);
    };
  }

  private static String ata(BinaryReader in) throws FormatException {
    String controller = in.u8() == 1 ? "Secondary" : "Primary";
    String drive = in.u8() == 1 ? "Slave" : "Master";
    return "Ata(%s,%s,0x%x)".formatted(controller, drive, in.u16());
  }

  private static String vendor(BinaryReader in) throws FormatException {
    EfiGuid guid = EfiGuid.read(in);
    return switch (guid.toString()) {
      case "e0c14753-f9be-11d2-9a0c-0090273fc14d" -> "VenPcAnsi()";
      case "dfa66065-b419-11d3-9a2d-0090273fc14d" -> "VenVt100()";
      case "7baec70b-57e0-4c76-8e87-2f9e28088343" -> "VenVt100Plus()";
      case "ad15a0d6-8bec-4acf-a073-d01de77e2d88" -> "VenUtf8()";
      case "eba4e8d2-3858-41ec-a281-2647ba9660d0" -> "DebugPort()";
      case UART_FLOW_CONTROL ->
          switch ((int) (in.u32() & 3)) {
            case 0 -> "UartFlowCtrl(None)";
            case 1 -> "UartFlowCtrl(Hardware)";
            default -> "UartFlowCtrl(XonXoff)";
          };
      case SAS -> {
        long reserved = in.u32();
        yield "SAS(0x%x,0x%x,%s,0x%x)".formatted(in.u64(), in.u64(), topology(in), reserved);
      }
      default -> {
        Bytes data = in.rest();
        yield "VenMsg(%s%s)".formatted(guid, data.isEmpty() ? "" : "," + data.hex());
      }
    };
  }

  /** The relative target port, then the device topology; on the wire the port is second. */
  private static String topology(BinaryReader in) throws FormatException {
    int topology = in.u16();
    int port = in.u16();
    int kind = topology & 0x0f;
    String text;
    if ((topology & 0x80) != 0 || kind > 2) {
      text = "0x%x,0,0,0".formatted(topology);
    } else if (kind == 0) {
      text = "NoTopology,0,0,0";
    } else {
      text =
          "%s,%s,%s,%s"
              .formatted(
                  (topology & 0x10) != 0 ? "SATA" : "SAS",
                  (topology & 0x20) != 0 ? "External" : "Internal",
                  (topology & 0x40) != 0 ? "Expanded" : "Direct",
                  kind == 1 ? "0" : "0x%x".formatted((topology >> 8) + 1));
    }
    return "0x%x,%s".formatted(port, text);
  }

  private static String mac(BinaryReader in) throws FormatException {
    Bytes address = in.bytes(MAC_SIZE);
    int type = in.u8();
    boolean ethernet = type <= 1;
    return "MAC(%s,0x%x)".formatted(ethernet ? address.slice(0, ETHERNET_SIZE) : address, type);
  }

  private static String uart(BinaryReader in) throws FormatException {
    in.skip(4);
    long baudRate = in.u64();
    int dataBits = in.u8();
    int parity = in.u8();
    int stopBits = in.u8();
    List<String> stops = List.of("D", "1", "1.5", "2");
    return "Uart(%s,%s,%s,%s)"
        .formatted(
            baudRate == 0 ? "DEFAULT" : Long.toUnsignedString(baudRate),
            dataBits == 0 ? "DEFAULT" : Integer.toString(dataBits),
            parity < 6 ? "DNEOMS".charAt(parity) : 'x',
            stopBits < stops.size() ? stops.get(stopBits) : "x");
  }

  private static String usbWwid(BinaryReader in) throws FormatException {
    int interfaceNumber = in.u16();
    int vendorId = in.u16();
    int productId = in.u16();
    return "UsbWwid(0x%x,0x%x,0x%x,\"%s\")"
        .formatted(vendorId, productId, interfaceNumber, DevicePathText.utf16(in));
  }

  private static String nvme(BinaryReader in) throws FormatException {
    long namespace = in.u32();
    Bytes eui64 = in.bytes(8);
    List<String> parts = new ArrayList<>();
    for (int i = eui64.size() - 1; i >= 0; i--) {
      parts.add("%02X".formatted(eui64.at(i)));
    }
    return "NVMe(0x%x,%s)".formatted(namespace, String.join("-", parts));
  }

  private static String wifi(Bytes name) {
    int end = name.size();
    while (end > 0 && name.at(end - 1) == 0) {
      end--;
    }
    return latin1(name.slice(0, end));
  }

  static String latin1(Bytes text) {
    return new String(text.toArray(), StandardCharsets.ISO_8859_1);
  }
}
