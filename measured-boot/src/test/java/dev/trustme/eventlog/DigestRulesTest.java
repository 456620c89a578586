// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DigestRulesTest {
  private static final Bytes SECURE_BOOT =
      new UefiVariableData(EfiGuid.GLOBAL_VARIABLE, "SecureBoot", Bytes.fromHex("01")).encode();
  private static final Bytes OTHER = Bytes.utf8("something else");

  private static TcgPcrEvent2 event(int pcr, TcgEventType type, Bytes data, Bytes measured)
      throws FormatException {
    var log = TestLog.agile().measured(pcr, type, data, measured).build();
    return EventLog.parse(log).events().get(1);
  }

  private static void assertCheck(
      String expected, int pcr, TcgEventType type, Bytes data, Bytes measured)
      throws FormatException {
    var event = event(pcr, type, data, measured);
    assertEquals(expected, event.digestCheck(HashAlgorithm.SHA256).orElseThrow().label());
    assertEquals(expected, event.digestCheck(HashAlgorithm.SHA1).orElseThrow().label());
  }

  private static Bytes utf16(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_16LE));
  }

  @Test
  void dataThatIsMeasuredAsItIsMustMatch() throws FormatException {
    for (TcgEventType type :
        new TcgEventType[] {
          TcgEventType.EV_SEPARATOR,
          TcgEventType.EV_ACTION,
          TcgEventType.EV_EFI_ACTION,
          TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG,
          TcgEventType.EV_EFI_VARIABLE_AUTHORITY,
          TcgEventType.EV_EFI_GPT_EVENT,
          TcgEventType.EV_S_CRTM_VERSION,
          TcgEventType.EV_NONHOST_INFO,
        }) {
      assertCheck("VERIFIED", 7, type, SECURE_BOOT, SECURE_BOOT);
      assertCheck("MISMATCH", 7, type, SECURE_BOOT, OTHER);
    }
  }

  @Test
  void intelsEngineEventIsNotDerivable() throws FormatException {
    var data = Bytes.utf8("IntelCSxEEvent01...");
    assertCheck("UNVERIFIABLE", 0, TcgEventType.EV_NONHOST_INFO, data, OTHER);
  }

  @Test
  void oldShimsMeasureOneByteLessThanTheyLog() throws FormatException {
    var logged = Bytes.concat(SECURE_BOOT, Bytes.fromHex("0000000000af"));
    var type = TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
    var quirk = "VERIFIED_WITH_QUIRK(authority-trailing-byte)";
    assertCheck(quirk, 7, type, logged, logged.slice(0, logged.size() - 1));
    assertCheck("MISMATCH", 7, type, logged, SECURE_BOOT);
    assertCheck("MISMATCH", 7, type, SECURE_BOOT, SECURE_BOOT.slice(0, SECURE_BOOT.size() - 1));
  }

  @Test
  void bootVariablesAreMeasuredByTheirData() throws FormatException {
    var type = TcgEventType.EV_EFI_VARIABLE_BOOT;
    assertCheck("VERIFIED", 1, type, SECURE_BOOT, Bytes.fromHex("01"));
    assertCheck("VERIFIED_WITH_QUIRK(boot-variable-whole)", 1, type, SECURE_BOOT, SECURE_BOOT);
    assertCheck("MISMATCH", 1, type, SECURE_BOOT, Bytes.fromHex("00"));
  }

  @Test
  void linuxTagsNameWhatIsMeasured() throws FormatException {
    var type = TcgEventType.EV_EVENT_TAG;
    assertCheck("UNVERIFIABLE", 9, type, tag(0x8f3b22ecL), OTHER);
    assertCheck("UNVERIFIABLE", 9, type, tag(0x8f3b22edL), OTHER);
    assertCheck("MISMATCH", 9, type, tag(0x8f3b22eeL), OTHER);
    assertCheck("VERIFIED", 9, type, tag(0x8f3b22eeL), tag(0x8f3b22eeL));
  }

  private static Bytes tag(long id) {
    return BinaryWriter.littleEndian().u32(id).u32(4).bytes(Bytes.utf8("Tag\0")).toBytes();
  }

  @Test
  void grubMeasuresTheCommandWithoutItsPrefix() throws FormatException {
    var data = Bytes.utf8("grub_cmd: linux /vmlinuz ro\0");
    var type = TcgEventType.EV_IPL;
    assertCheck("VERIFIED", 8, type, data, Bytes.utf8("linux /vmlinuz ro"));
    assertCheck(
        "VERIFIED_WITH_QUIRK(grub-measures-nul)", 8, type, data, Bytes.utf8("linux /vmlinuz ro\0"));
    assertCheck("MISMATCH", 8, type, data, Bytes.utf8("linux /vmlinuz ro init=/bin/sh"));
    assertCheck("MISMATCH", 8, type, Bytes.utf8("nospace"), OTHER);
  }

  @Test
  void stubsMeasureASectionsNameThenItsContent() throws FormatException {
    var data = utf16(".linux\0");
    assertCheck("VERIFIED", 11, TcgEventType.EV_IPL, data, Bytes.utf8(".linux\0"));
    assertCheck("UNVERIFIABLE", 11, TcgEventType.EV_IPL, data, OTHER);
  }

  @Test
  void bootLoadersMeasureTheCommandLineAsItIsLogged() throws FormatException {
    var data = utf16("quiet\0");
    assertCheck("VERIFIED", 12, TcgEventType.EV_IPL, data, data);
    assertCheck("MISMATCH", 12, TcgEventType.EV_IPL, data, Bytes.utf8("quiet"));
  }

  @Test
  void imagesAndFilesAreNotInTheLog() throws FormatException {
    assertCheck("UNVERIFIABLE", 9, TcgEventType.EV_IPL, Bytes.utf8("/vmlinuz"), OTHER);
    assertCheck(
        "UNVERIFIABLE", 4, TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION, OTHER, SECURE_BOOT);
    assertCheck("UNVERIFIABLE", 0, TcgEventType.EV_POST_CODE, Bytes.utf8("ACPI DATA"), OTHER);
  }

  @Test
  void anEventThatIsNotMeasuredProvesNothing() throws FormatException {
    var log = TestLog.agile().startupLocality(3).build();
    var check = EventLog.parse(log).events().get(1).digestCheck(HashAlgorithm.SHA256);
    assertInstanceOf(DigestCheck.Unverifiable.class, check.orElseThrow());
    assertCheck("MISMATCH", 0, TcgEventType.EV_NO_ACTION, OTHER, OTHER);
  }

  @Test
  void banksAreCheckedOneByOne() throws FormatException {
    var action = Bytes.utf8("action");
    var log =
        TestLog.agile()
            .raw(
                TestLog.event(
                    4,
                    TcgEventType.EV_EFI_ACTION.value(),
                    action,
                    HashAlgorithm.SHA1.digest(OTHER),
                    HashAlgorithm.SHA256.digest(action)))
            .build();
    var event = EventLog.parse(log).events().get(1);
    assertEquals("MISMATCH", event.digestCheck(HashAlgorithm.SHA1).orElseThrow().label());
    assertEquals("VERIFIED", event.digestCheck(HashAlgorithm.SHA256).orElseThrow().label());
  }
}
