// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/** Text of the nodes of network protocols. UEFI 2.10, 10.3.4.12 to 10.3.4.27. */
final class NetworkText {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int IPV4_SIZE = 4;
  private static final int IPV6_SIZE = 16;

  private NetworkText() {}

  static String ipv4(BinaryReader in) throws FormatException {
    String local = v4(in.bytes(IPV4_SIZE));
    String remote = v4(in.bytes(IPV4_SIZE));
    in.skip(4);
    String protocol = protocol(in.u16());
    String origin = in.u8() == 0 ? "DHCP" : "Static";
    // Before UEFI 2.3 the node ended here.
    String rest =
        in.hasRemaining()
            ? ",%s,%s".formatted(v4(in.bytes(IPV4_SIZE)), v4(in.bytes(IPV4_SIZE)))
            : "";
    return "IPv4(%s,%s,%s,%s%s)".formatted(remote, protocol, origin, local, rest);
  }

  static String ipv6(BinaryReader in) throws FormatException {
    String local = v6(in.bytes(IPV6_SIZE));
    String remote = v6(in.bytes(IPV6_SIZE));
    in.skip(4);
    String protocol = protocol(in.u16());
    String origin =
        switch (in.u8()) {
          case 0 -> "Static";
          case 1 -> "StatelessAutoConfigure";
          default -> "StatefulAutoConfigure";
        };
    String rest = in.hasRemaining() ? ",0x%x,%s".formatted(in.u8(), v6(in.bytes(IPV6_SIZE))) : "";
    return "IPv6(%s,%s,%s,%s%s)".formatted(remote, protocol, origin, local, rest);
  }

  static String dns(BinaryReader in) throws FormatException {
    boolean v6 = in.u8() != 0;
    List<String> servers = new ArrayList<>();
    // EFI_IP_ADDRESS has 16 bytes for either kind.
    while (in.hasRemaining()) {
      Bytes address = in.bytes(IPV6_SIZE);
      servers.add(v6 ? v6(address) : v4(address));
    }
    return "Dns(%s)".formatted(String.join(",", servers));
  }

  static String iscsi(BinaryReader in) throws FormatException {
    String network = in.u16() == 0 ? "TCP" : "reserved";
    int options = in.u16();
    Bytes lun = in.bytes(8);
    int portalGroup = in.u16();
    Bytes name = in.rest();
    int end = name.size();
    while (end > 0 && name.at(end - 1) == 0) {
      end--;
    }
    String authentication =
        (options & 1 << 11) != 0 ? "None" : (options & 1 << 12) != 0 ? "CHAP_UNI" : "CHAP_BI";
    return "iSCSI(%s,0x%x,0x%s,%s,%s,%s,%s)"
        .formatted(
            MessagingText.latin1(name.slice(0, end)),
            portalGroup,
            lun,
            (options & 1 << 1) != 0 ? "CRC32C" : "None",
            (options & 1 << 3) != 0 ? "CRC32C" : "None",
            authentication,
            network);
  }

  private static String protocol(int number) {
    return number == TCP ? "TCP" : number == UDP ? "UDP" : "0x%x".formatted(number);
  }

  private static String v4(Bytes address) {
    return "%d.%d.%d.%d".formatted(address.at(0), address.at(1), address.at(2), address.at(3));
  }

  private static String v6(Bytes address) {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < IPV6_SIZE; i += 2) {
      groups.add("%02x%02x".formatted(address.at(i), address.at(i + 1)));
    }
    return String.join(":", groups);
  }
}
