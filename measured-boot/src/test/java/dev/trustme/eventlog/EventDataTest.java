// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.Separator;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Data that is not what its type promises is a case of its own. */
class EventDataTest {
  private static EventData decode(TcgEventType type, Bytes data) throws FormatException {
    return EventLog.parse(TestLog.agile().measured(4, type, data).build())
        .events()
        .get(1)
        .untrustedData();
  }

  private static void assertUnparsed(TcgEventType type, String hex) throws FormatException {
    assertInstanceOf(Unparsed.class, decode(type, Bytes.fromHex(hex)), hex);
  }

  @Test
  void decodesText() throws FormatException {
    assertEquals(new ActionText("go"), decode(TcgEventType.EV_EFI_ACTION, Bytes.utf8("go")));
    assertEquals(
        new IplText(".linux"),
        decode(TcgEventType.EV_IPL, Bytes.copyOf(".linux\0".getBytes(StandardCharsets.UTF_16LE))));
    assertEquals(
        new IplText("grub_cmd: true"), decode(TcgEventType.EV_IPL, Bytes.utf8("grub_cmd: true\0")));
    assertUnparsed(TcgEventType.EV_EFI_ACTION, "c3");
    assertUnparsed(TcgEventType.EV_IPL, "c328");
  }

  @Test
  void decodesSeparators() throws FormatException {
    assertEquals(
        new Separator(0xffffffffL), decode(TcgEventType.EV_SEPARATOR, Bytes.fromHex("ffffffff")));
    assertUnparsed(TcgEventType.EV_SEPARATOR, "000000");
    assertUnparsed(TcgEventType.EV_SEPARATOR, "0000000000");
  }

  @Test
  void decodesVariablesAndKeepsWhatAuthoritiesAppend() throws FormatException {
    var variable =
        new UefiVariableData(EfiGuid.IMAGE_SECURITY_DATABASE, "db", Bytes.fromHex("0102"));
    var trailing = Bytes.fromHex("af");
    assertEquals(
        new UefiVariable(variable, Bytes.empty()),
        decode(TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, variable.encode()));
    var longer = Bytes.concat(variable.encode(), trailing);
    assertEquals(
        new UefiVariable(variable, trailing),
        decode(TcgEventType.EV_EFI_VARIABLE_AUTHORITY, longer));
    assertInstanceOf(Unparsed.class, decode(TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG, longer));
  }

  @Test
  void decodesTagsAndImages() throws FormatException {
    assertEquals(
        new TaggedEvent(0x8f3b22ecL, Bytes.fromHex("00")),
        decode(TcgEventType.EV_EVENT_TAG, Bytes.fromHex("ec223b8f0100000000")));
    assertUnparsed(TcgEventType.EV_EVENT_TAG, "ec223b8f0200000000");
    assertUnparsed(TcgEventType.EV_EVENT_TAG, "ec223b8fffffffff00");
    var zero = "00".repeat(8);
    assertEquals(
        new BootServicesApplication(0, 0x600, 0, Bytes.fromHex("7fff0400")),
        decode(
            TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION,
            Bytes.fromHex(zero + "0006000000000000" + zero + "0400000000000000" + "7fff0400")));
    assertUnparsed(
        TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION, zero + zero + zero + "ff".repeat(8));
  }
}
