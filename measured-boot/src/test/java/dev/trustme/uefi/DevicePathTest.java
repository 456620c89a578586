// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TestEvents;
import dev.trustme.uefi.DevicePath.Node;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicePathTest {
  private static final Bytes END = Bytes.fromHex("7fff0400");

  private static String text(int type, int subType, String data) {
    return new Node(type, subType, Bytes.fromHex(data)).text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 1 | 021f | Pci(0x1f,0x2)
          1 | 2 | 03 | PcCard(0x3)
          1 | 3 | 0b0000000000008000000000ff0f008000000000 | MemoryMapped(0xb,0x80000000,0x80000fff)
          1 | 4 | 50ab5d6046e00043abb63dd810dd8b23 | VenHw(605dab50-e046-4300-abb6-3dd810dd8b23)
          1 | 4 | 50ab5d6046e00043abb63dd810dd8b2301ff | VenHw(605dab50-e046-4300-abb6-3dd810dd8b23,01ff)
          1 | 5 | 07000000 | Ctrl(0x7)
          1 | 6 | 01a00c000000000000 | BMC(0x1,0xca0)
          2 | 1 | d041030a01000000 | PciRoot(0x1)
          2 | 1 | d041080a00000000 | PcieRoot(0x0)
          2 | 1 | d041040600000000 | Floppy(0x0)
          2 | 1 | d041010500000000 | Serial(0x0)
          2 | 1 | d041130500000000 | Acpi(PNP0513,0x0)
          2 | 1 | 0102030400000000 | Acpi(0x04030201,0x0)
          2 | 2 | d041030a0000000000000000005549443000 | Path(2,2,d041030a0000000000000000005549443000)
          2 | 2 | d041030a000000000000000000554944300000 | AcpiExp(PNP0A03,0,UID0)
          2 | 3 | 00000180ff000180 | AcpiAdr(0x80010000,0x800100ff)
          """)
  void writesHardwareAndAcpi(int type, int subType, String data, String text) {
    assertEquals(text, text(type, subType, data));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 01000200 | Ata(Secondary,Master,0x2)
          2 | 04000100 | Scsi(0x4,0x1)
          3 | 0000000001000000000000000200000000000000 | Fibre(0x1,0x2)
          4 | 000000000100000000000000 | I1394(0000000000000001)
          5 | 0301 | USB(0x3,0x1)
          6 | 02000000 | I2O(0x2)
          10 | 5347c1e0bef9d2119a0c0090273fc14d | VenPcAnsi()
          10 | 9d9a49372f54894ca02635da142094e401000000 | UartFlowCtrl(Hardware)
          14 | 0000000000c2010000000000080101 | Uart(115200,8,N,1)
          14 | 00000000000000000000000000000000 | Path(3,14,00000000000000000000000000000000)
          14 | 000000000000000000000000000000 | Uart(DEFAULT,DEFAULT,D,D)
          15 | 86801234ff0102 | UsbClass(0x8086,0x3412,0xff,0x1,0x2)
          16 | 01008680341241003100 | UsbWwid(0x8086,0x1234,0x1,"A1")
          17 | 03 | Unit(0x3)
          18 | 0000ffff0000 | Sata(0x0,0xffff,0x0)
          20 | 6400 | Vlan(100)
          21 | 0000000001020304050607080000000000000001 | FibreEx(0x0102030405060708,0x0000000000000001)
          22 | 0102030405060708000000000000000100000000 | SasEx(0x0102030405060708,0x0000000000000001,0x0,NoTopology,0,0,0)
          22 | 0102030405060708000000000000000172050300 | SasEx(0x0102030405060708,0x0000000000000001,0x3,SATA,External,Expanded,0x6)
          23 | 01000000ace42e8170216de8 | NVMe(0x1,E8-6D-21-70-81-2E-E4-AC)
          24 | 687474703a2f2f612f | Uri(http://a/)
          24 | '' | Uri()
          25 | 0102 | UFS(0x1,0x2)
          26 | 01 | SD(0x1)
          27 | 010203040506 | Bluetooth(010203040506)
          29 | 02 | eMMC(0x2)
          30 | 01020304050601 | BluetoothLE(010203040506,0x01)
          31 | 000a000001000000000000000000000000 | Dns(10.0.0.1)
          32 | 50ab5d6046e00043abb63dd810dd8b23 | NvdimmNamespace(605dab50-e046-4300-abb6-3dd810dd8b23)
          33 | 0102 | RestService(0x1,0x2)
          """)
  void writesMessaging(int subType, String data, String text) {
    assertEquals(text, text(3, subType, data));
  }

  @Test
  void writesNetworks() {
    var mac = "001122334455" + "00".repeat(26) + "01";
    assertEquals("MAC(001122334455,0x1)", text(3, 11, mac));
    assertEquals(
        "IPv4(10.0.0.2,TCP,DHCP,10.0.0.1)",
        text(3, 12, "0a0000010a00000200000000" + "0600" + "00"));
    assertEquals(
        "IPv4(10.0.0.2,UDP,Static,10.0.0.1,10.0.0.254,255.0.0.0)",
        text(3, 12, "0a0000010a00000200000000" + "1100" + "01" + "0a0000fe" + "ff000000"));
    var zero = "0000:0000:0000:0000:0000:0000:0000:0000";
    assertEquals(
        "IPv6(fe80"
            + zero.substring(4)
            + ",0x3a,StatelessAutoConfigure,"
            + zero
            + ",0x40,"
            + zero
            + ")",
        text(
            3,
            13,
            "00".repeat(16)
                + "fe80"
                + "00".repeat(14)
                + "00000000"
                + "3a00"
                + "01"
                + "40"
                + "00".repeat(16)));
    assertEquals(
        "iSCSI(iqn.a,0x1,0x0001000000000000,CRC32C,None,CHAP_UNI,TCP)",
        text(3, 19, "0000" + "0210" + "0001000000000000" + "0100" + "69716e2e6100"));
    assertEquals("Wi-Fi(LAB)", text(3, 28, "4c4142" + "00".repeat(29)));
    assertEquals(
        "SAS(0x1,0x2,0x3,SATA,External,Expanded,0x6,0x0)",
        text(
            3,
            10,
            "b4dd87d48b00d911afdc001083ffca4d"
                + "00000000"
                + "0100000000000000"
                + "0200000000000000"
                + "7205"
                + "0300"));
    assertEquals(
        "NVMEoF(nqn,0x1," + "00".repeat(16) + ")",
        text(3, 34, "01" + "00".repeat(16) + "6e716e00"));
  }

  @Test
  void writesMedia() {
    var guid = "50ab5d6046e00043abb63dd810dd8b23";
    var name = "605dab50-e046-4300-abb6-3dd810dd8b23";
    var head = "01000000" + "0008000000000000" + "0000100000000000";
    assertEquals("HD(1,GPT,%s,0x800,0x100000)".formatted(name), text(4, 1, head + guid + "0202"));
    assertEquals(
        "HD(1,MBR,0x605dab50,0x800,0x100000)",
        text(4, 1, head + "50ab5d60" + "00".repeat(12) + "0101"));
    assertEquals("HD(1,0,0,0x800,0x100000)", text(4, 1, head + "00".repeat(16) + "0100"));
    assertEquals("CDROM(0x1,0x800,0x100000)", text(4, 2, head));
    assertEquals("VenMedia(" + name + ",ff)", text(4, 3, guid + "ff"));
    assertEquals("\\a", text(4, 4, "5c0061000000"));
    assertEquals("Path(4,4,5c0000006100)", text(4, 4, "5c0000006100"));
    assertEquals("Path(4,4,00d8)", text(4, 4, "00d8"));
    assertEquals("Media(" + name + ")", text(4, 5, guid));
    assertEquals("FvFile(" + name + ")", text(4, 6, guid));
    assertEquals("Fv(" + name + ")", text(4, 7, guid));
    assertEquals(
        "Offset(0x10,0x20)", text(4, 8, "00000000" + "1000000000000000" + "2000000000000000"));
    assertEquals(
        "VirtualDisk(0x10,0x20,1)",
        text(
            4,
            9,
            "1000000000000000" + "2000000000000000" + "5a53ab77fc454b625560f7b281d1f96e" + "0100"));
    assertEquals("BBS(HD,Disk,0x1)", text(5, 1, "020001004469736b00"));
    assertEquals("Path(5,1,020001004469736b)", text(5, 1, "020001004469736b"));
  }

  @Test
  void unknownNodesKeepTheirBytes() {
    assertEquals("Path(1,9,0102)", text(1, 9, "0102"));
    assertEquals("Path(9,9)", text(9, 9, ""));
    assertEquals("Path(1,1,021f00)", text(1, 1, "021f00"));
    assertEquals("Path(1,1,02)", text(1, 1, "02"));
  }

  @Test
  void joinsNodesAndInstances() throws FormatException {
    var path = DevicePath.parse(TestEvents.PATH);
    assertEquals("PciRoot(0x0)/Pci(0x1f,0x2)/Sata(0x0,0xffff,0x0)/\\EFI\\BOOT.EFI", path.text());
    assertEquals(Optional.of("\\EFI\\BOOT.EFI"), path.filePath());
    assertEquals(TestEvents.PATH, path.encode());
    var two = Bytes.fromHex("010106000100" + "7f010400" + "010106000200" + "7fff0400");
    assertEquals("Pci(0x0,0x1),Pci(0x0,0x2)", DevicePath.parse(two).text());
    assertEquals(Optional.empty(), DevicePath.parse(two).filePath());
    assertEquals("", DevicePath.parse(END).text());
  }

  @Test
  void refusesNodesThatDoNotFit() {
    for (String hex :
        List.of(
            "",
            "7f",
            "7fff04",
            "7fff0000",
            "7fff0300",
            "010103007fff0400",
            "0101ffff021f7fff0400",
            "01010600021f",
            "7fff040000")) {
      var error =
          assertThrows(FormatException.class, () -> DevicePath.parse(Bytes.fromHex(hex)), hex);
      assertEquals("EFI_DEVICE_PATH_PROTOCOL", error.structure());
    }
  }

  @Test
  void aPathCutAnywhereIsMalformed() {
    for (int size = 0; size < TestEvents.PATH.size(); size++) {
      var cut = TestEvents.PATH.slice(0, size);
      assertThrows(FormatException.class, () -> DevicePath.parse(cut), "size " + size);
    }
  }

  @Test
  void everyNodeOfEveryTypeHasText() {
    for (int type = 0; type <= 0xff; type++) {
      for (int subType = 0; subType <= 0xff; subType++) {
        for (int size : new int[] {0, 1, 4, 16, 40}) {
          assertTrue(new Node(type, subType, Bytes.zeros(size)).text() != null);
        }
      }
    }
  }
}
