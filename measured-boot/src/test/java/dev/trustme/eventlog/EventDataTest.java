// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

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

  @TestFactory
  Stream<DynamicTest> eachKindIsDecoded() {
    return TestEvents.all().entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> {
                  var data = entry.getValue().event().untrustedData();
                  assertFalse(data instanceof Unparsed, data.toString());
                }));
  }

  /** Nothing that is cut may pass for the whole, and nothing may throw. */
  @TestFactory
  Stream<DynamicTest> eachKindCutAnywhereIsAnotherOrUnparsed() {
    return TestEvents.all().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> cutAnywhere(entry.getValue())));
  }

  private static void cutAnywhere(TestEvents.TypedData whole) {
    var decoded = whole.event().untrustedData();
    for (int size = 0; size < whole.data().size(); size++) {
      var cut = new TestEvents.TypedData(whole.pcr(), whole.type(), whole.data().slice(0, size));
      var data = cut.event().untrustedData();
      boolean text = data instanceof IplText || data instanceof EventData.FirmwareText;
      assertTrue(text || !decoded.equals(data), "size " + size);
    }
  }

  /** Length fields that promise more than there is, or more than an int can hold. */
  @TestFactory
  Stream<DynamicTest> everyByteRaisedOrLoweredIsSurvived() {
    return TestEvents.all().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> changed(entry.getValue())));
  }

  private static void changed(TestEvents.TypedData whole) {
    for (int at = 0; at < whole.data().size(); at++) {
      for (int value : new int[] {0, 1, 3, 0x7f, 0x80, 0xff}) {
        byte[] bytes = whole.data().toArray();
        bytes[at] = (byte) value;
        var typed = new TestEvents.TypedData(whole.pcr(), whole.type(), Bytes.copyOf(bytes));
        var checked = typed.event().checked();
        assertEquals(1, checked.checks().size());
        if (checked.untrustedData() instanceof UefiVariable variable) {
          assertTrue(variable.content() != null && variable.authority() != null);
        }
      }
    }
  }

  @Test
  void decodesNoActionEvents() {
    var platform = (EventData.PlatformId) TestEvents.decoded("platform3");
    assertEquals(3, platform.version());
    assertEquals("Maker", platform.platform().orElseThrow().manufacturer());
    assertEquals("2.0", platform.platform().orElseThrow().firmwareVersion());
    assertEquals(TestEvents.PATH, platform.locators().get(1).value());
    var dynamic = (EventData.NvIndexDynamic) TestEvents.decoded("nv-dynamic");
    assertEquals(7, dynamic.uid());
    assertEquals("SPDM CHALLENGE", dynamic.description());
    var legacy = (EventData.LegacySpecIdEvent) TestEvents.decoded("spec-id-00");
    assertEquals("Spec ID Event00", legacy.signature());
    assertEquals(1, legacy.specVersionMajor());
    var component = (EventData.HcrtmComponent) TestEvents.decoded("hcrtm-component");
    assertEquals("FSP-T", component.componentDescription());
  }

  @Test
  void decodesWhatDevicesSay() {
    var first = ((EventData.DeviceSecurity) TestEvents.decoded("spdm1")).event();
    assertEquals(TestEvents.PATH, first.devicePath());
    var pci = (DeviceSecurityEvent.PciContext) first.deviceContext();
    assertEquals(0x8086, pci.vendorId());
    assertEquals(0x020800, pci.classCode());
    var second = ((EventData.DeviceSecurity) TestEvents.decoded("spdm2")).event();
    var blocks = (DeviceSecurityEvent.Measurements) second.subHeader();
    assertEquals(2, blocks.blocks().size());
    assertEquals(Bytes.fromHex("aabbcc"), blocks.blocks().get(1).measurement());
    var instance = (EventData.NvIndexInstance) TestEvents.decoded("nv-instance");
    assertInstanceOf(DeviceSecurityEvent.CertificateChain.class, instance.data().subHeader());
  }

  @Test
  void decodesFirmware() throws FormatException {
    assertEquals(
        new EventData.FirmwareBlob(Bytes.empty(), 0xff000000L, 0x1000),
        decode(TcgEventType.EV_POST_CODE, TestEvents.blob()));
    assertEquals(
        new EventData.FirmwareText("ACPI DATA"),
        decode(TcgEventType.EV_POST_CODE, Bytes.utf8("ACPI DATA")));
    assertUnparsed(TcgEventType.EV_POST_CODE, "00".repeat(15));
    assertUnparsed(TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB2, "ff" + "00".repeat(16));
    assertUnparsed(TcgEventType.EV_EFI_HANDOFF_TABLES, "ffffffffffffffff");
    assertUnparsed(TcgEventType.EV_EFI_HANDOFF_TABLES, "0100000000000010" + "00".repeat(24));
    assertEquals(
        new EventData.FirmwareText("1.0"),
        decode(TcgEventType.EV_S_CRTM_VERSION, TestEvents.utf16("1.0\0")));
    assertEquals(
        new EventData.VersionGuid(EfiGuid.SHIM_LOCK),
        decode(TcgEventType.EV_S_CRTM_VERSION, EfiGuid.SHIM_LOCK.encode()));
    assertInstanceOf(
        EventData.Opaque.class, decode(TcgEventType.EV_S_CRTM_VERSION, Bytes.fromHex("ff01")));
  }

  @Test
  void decodesSeveralTagsInOne() throws FormatException {
    var two = Bytes.concat(TestEvents.tag(1, Bytes.utf8("a")), TestEvents.tag(2, Bytes.empty()));
    var tags = (EventData.TaggedEvents) decode(TcgEventType.EV_EVENT_TAG, two);
    assertEquals(2, tags.events().size());
    assertEquals(new TaggedEvent(2, Bytes.empty()), tags.events().get(1));
    assertUnparsed(TcgEventType.EV_EVENT_TAG, two.hex() + "00");
    assertUnparsed(TcgEventType.EV_EVENT_TAG, "");
    var stub = new TaggedEvent(0x13aed6dbL, TestEvents.utf16("main\0"));
    assertEquals(Optional.of(EventTag.UKI_PROFILE), stub.tag());
    assertEquals(Optional.of("main"), stub.text());
    assertEquals(Optional.empty(), new TaggedEvent(1, Bytes.fromHex("ff00")).text());
  }

  @Test
  void knowsTheActionsOfTheSpecification() {
    assertTrue(new ActionText("DMA Protection Disabled").known());
    assertTrue(new ActionText("UEFI Debug Mode").known());
    assertFalse(new ActionText("Exit boot services invocation").known());
  }

  @Test
  void decodesACommandLineThatWasCutInItsNul() throws FormatException {
    var cut = TestEvents.utf16("quiet\0");
    assertEquals(new IplText("quiet"), decode(TcgEventType.EV_IPL, cut.slice(0, cut.size() - 1)));
  }

  @Test
  void keepsWhatOldShimsAppendToImages() throws FormatException {
    var trailing = Bytes.fromHex("00d2080000d60800af");
    var zero = Bytes.zeros(32);
    var type = TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION;
    var image = (BootServicesApplication) decode(type, Bytes.concat(zero, trailing));
    assertEquals(trailing, image.trailing());
    assertEquals(Optional.empty(), image.path());
    assertUnparsed(type, "00".repeat(42));
    var whole = (BootServicesApplication) decode(type, TestEvents.image());
    assertEquals(TestEvents.PATH, whole.path().orElseThrow().encode());
  }
}
