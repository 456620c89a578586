// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
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

  @Test
  void boot2VariablesAreMeasuredWhole() throws FormatException {
    var type = TcgEventType.EV_EFI_VARIABLE_BOOT2;
    assertCheck("VERIFIED", 1, type, SECURE_BOOT, SECURE_BOOT);
    assertCheck(
        "VERIFIED_WITH_QUIRK(boot-variable-data)", 1, type, SECURE_BOOT, Bytes.fromHex("01"));
    assertCheck("UNVERIFIABLE", 1, type, SECURE_BOOT, OTHER);
  }

  @Test
  void stubsTagsNameWhatIsMeasured() throws FormatException {
    for (EventTag tag : EventTag.values()) {
      var data = TestEvents.tag(tag.id(), utf16("main\0"));
      assertCheck("UNVERIFIABLE", 12, TcgEventType.EV_EVENT_TAG, data, OTHER);
      assertCheck("UNVERIFIABLE", 12, TcgEventType.EV_EVENT_TAG, data, data);
    }
  }

  @Test
  void stubsMeasureArchivesThatAreNotInTheLog() throws FormatException {
    var type = TcgEventType.EV_IPL;
    assertCheck("UNVERIFIABLE", 12, type, utf16("Credentials initrd\0"), OTHER);
    assertCheck("UNVERIFIABLE", 13, type, utf16("System extension initrd\0"), OTHER);
    assertCheck("MISMATCH", 12, type, utf16("Credentials\0"), OTHER);
  }

  /** Whoever measures the text "MokList" has not measured the list. */
  @Test
  void aMeasuredNameIsNotAMeasuredObject() throws FormatException {
    var name = Bytes.utf8("MokList\0");
    for (int pcr : new int[] {9, 13, 14}) {
      assertCheck("UNVERIFIABLE", pcr, TcgEventType.EV_IPL, name, name);
    }
    for (TcgEventType type :
        new TcgEventType[] {
          TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION,
          TcgEventType.EV_EFI_BOOT_SERVICES_DRIVER,
          TcgEventType.EV_EFI_RUNTIME_SERVICES_DRIVER,
          TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB,
          TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB2,
          TcgEventType.EV_EFI_HANDOFF_TABLES,
          TcgEventType.EV_EFI_HANDOFF_TABLES2,
          TcgEventType.EV_POST_CODE,
          TcgEventType.EV_S_CRTM_CONTENTS,
        }) {
      assertCheck("UNVERIFIABLE", 4, type, TestEvents.image(), TestEvents.image());
    }
  }

  @Test
  void dataOfNoBytesIsNeverVerified() throws FormatException {
    for (TcgEventType type : TcgEventType.values()) {
      for (int pcr : new int[] {0, 4, 7, 8, 11, 12}) {
        for (Bytes measured : new Bytes[] {Bytes.empty(), Bytes.zeros(1)}) {
          var check = event(pcr, type, Bytes.empty(), measured).digestCheck(HashAlgorithm.SHA256);
          var label = check.orElseThrow().label();
          assertFalse(label.startsWith("VERIFIED"), type + " " + pcr + " " + label);
        }
      }
    }
  }

  @Test
  void aDigestOfZerosIsNeverVerified() throws FormatException {
    for (var entry : TestEvents.all().entrySet()) {
      var data = entry.getValue();
      if (TestEvents.isHead(data)) {
        continue;
      }
      var zero = Digest.zero(HashAlgorithm.SHA256);
      var log =
          TestLog.agile()
              .raw(
                  TestLog.event(
                      data.pcr(),
                      data.type().value(),
                      data.data(),
                      Digest.zero(HashAlgorithm.SHA1),
                      zero))
              .build();
      var check = EventLog.parse(log).events().get(1).digestCheck(HashAlgorithm.SHA256);
      assertFalse(check.orElseThrow().label().startsWith("VERIFIED"), entry.getKey());
    }
  }

  @Test
  void aCommandLineThatOldLoadersCutIsAQuirk() throws FormatException {
    var measured = utf16("initrd=a quiet\0");
    var logged = measured.slice(0, measured.size() - 1);
    var type = TcgEventType.EV_IPL;
    assertCheck("VERIFIED_WITH_QUIRK(command-line-cut-by-one)", 8, type, logged, measured);
    assertCheck("MISMATCH", 8, type, logged.slice(0, logged.size() - 1), measured);
    assertCheck("MISMATCH", 8, type, utf16("initrd=a quiet rw\0"), measured);
  }

  @Test
  void onlyAWordCanStandBeforeTheMeasuredCommand() throws FormatException {
    var type = TcgEventType.EV_IPL;
    assertCheck("MISMATCH", 8, type, Bytes.utf8("init=/bin/sh: ro\0"), Bytes.utf8("ro"));
    assertCheck("MISMATCH", 8, type, Bytes.utf8(" ro\0"), Bytes.utf8("ro"));
    assertCheck("MISMATCH", 8, type, Bytes.utf8("grub_cmd:: ro\0"), Bytes.utf8("ro"));
    assertCheck("VERIFIED", 8, type, Bytes.utf8("grub_cmd ro\0"), Bytes.utf8("ro"));
  }

  @Test
  void banksThatDisagreeAreSeen() throws FormatException {
    var action = Bytes.utf8("action");
    var digests =
        new Digest[] {HashAlgorithm.SHA1.digest(OTHER), HashAlgorithm.SHA256.digest(action)};
    var type = TcgEventType.EV_EFI_ACTION.value();
    var log = TestLog.agile().raw(TestLog.event(4, type, action, digests)).separator(4).build();
    var events = EventLog.parse(log).events();
    assertFalse(events.get(1).checked().banksAgree());
    assertTrue(events.get(2).checked().banksAgree());
    var checks = events.get(1).checked().checks();
    assertEquals(new DigestCheck.Mismatch(), checks.get(HashAlgorithm.SHA1));
    assertEquals(new DigestCheck.Verified(), checks.get(HashAlgorithm.SHA256));
  }
}
