// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.uefi.EfiLoadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What the digest rules and the decoders make of logs of real machines, counted. */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class CorpusDigestTest {
  /** Every event of the corpus; there is no MISMATCH, and no two banks disagree. */
  private static final String COUNTS =
      """
      EV_COMPACT_HASH UNVERIFIABLE 3
      EV_EFI_ACTION VERIFIED 35
      EV_EFI_BOOT_SERVICES_APPLICATION UNVERIFIABLE 39
      EV_EFI_BOOT_SERVICES_DRIVER UNVERIFIABLE 11
      EV_EFI_GPT_EVENT VERIFIED 15
      EV_EFI_HANDOFF_TABLES UNVERIFIABLE 2
      EV_EFI_HCRTM_EVENT UNVERIFIABLE 1
      EV_EFI_PLATFORM_FIRMWARE_BLOB UNVERIFIABLE 13
      EV_EFI_VARIABLE_AUTHORITY VERIFIED 15
      EV_EFI_VARIABLE_AUTHORITY VERIFIED_WITH_QUIRK(authority-trailing-byte) 5
      EV_EFI_VARIABLE_BOOT VERIFIED 48
      EV_EFI_VARIABLE_BOOT VERIFIED_WITH_QUIRK(boot-variable-whole) 37
      EV_EFI_VARIABLE_DRIVER_CONFIG VERIFIED 98
      EV_EVENT_TAG UNVERIFIABLE 5
      EV_IPL 11 UNVERIFIABLE 8
      EV_IPL 11 VERIFIED 8
      EV_IPL 12 VERIFIED 2
      EV_IPL 14 UNVERIFIABLE 11
      EV_IPL 8 VERIFIED 421
      EV_IPL 8 VERIFIED_WITH_QUIRK(command-line-cut-by-one) 2
      EV_IPL 8 VERIFIED_WITH_QUIRK(grub-measures-nul) 49
      EV_IPL 9 UNVERIFIABLE 147
      EV_NONHOST_INFO VERIFIED 6
      EV_NO_ACTION UNVERIFIABLE 22
      EV_PLATFORM_CONFIG_FLAGS VERIFIED 1
      EV_POST_CODE UNVERIFIABLE 5
      EV_SEPARATOR VERIFIED 152
      EV_S_CRTM_CONTENTS UNVERIFIABLE 4
      EV_S_CRTM_VERSION VERIFIED 19
      """;

  private static List<CheckedEvent> events() throws IOException, FormatException {
    List<Path> logs = new ArrayList<>();
    try (var files = Files.walk(Path.of(System.getenv("TRUSTME_CORPUS")))) {
      files
          .filter(f -> f.toString().matches(".*/(eventlogs/.*|eventlog-at-quote)\\.bin"))
          .forEach(logs::add);
    }
    assertEquals(24, logs.size());
    List<CheckedEvent> events = new ArrayList<>();
    for (Path log : logs) {
      EventLog.parse(Bytes.copyOf(Files.readAllBytes(log))).events().stream()
          .map(TcgPcrEvent2::checked)
          .forEach(events::add);
    }
    return events;
  }

  @Test
  void eachTypeIsCheckedByItsRule() throws IOException, FormatException {
    Map<String, Integer> counts = new TreeMap<>();
    for (CheckedEvent event : events()) {
      String type = event.event().untrustedType().name();
      String key = type.equals("EV_IPL") ? type + " " + event.event().pcrIndex() : type;
      var labels = new TreeSet<String>();
      event.checks().values().forEach(check -> labels.add(check.label()));
      counts.merge(key + " " + String.join("/", labels), 1, Integer::sum);
      assertTrue(event.banksAgree());
    }
    var text = new StringBuilder();
    counts.forEach((key, count) -> text.append("%s %d\n".formatted(key, count)));
    assertEquals(COUNTS, text.toString());
  }

  @Test
  void everythingIsDecoded() throws IOException, FormatException {
    int paths = 0;
    int options = 0;
    for (CheckedEvent event : events()) {
      assertFalse(event.untrustedData() instanceof EventData.Unparsed, event.toString());
      if (event.untrustedData() instanceof BootServicesApplication image) {
        paths += image.path().isPresent() ? 1 : 0;
        image
            .path()
            .ifPresent(path -> {
              assertFalse(path.text().contains("Path("), path.text());
              assertEquals(image.devicePath(), path.encode());
            });
      }
      if (event.untrustedData() instanceof UefiVariable variable) {
        boolean authority = event.event().untrustedType() == TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
        var content = authority ? variable.authority() : variable.content();
        assertFalse(content instanceof VariableContent.Malformed, content.toString());
        assertFalse(content instanceof VariableContent.Raw, content.toString());
        if (content instanceof VariableContent.BootOption(EfiLoadOption option)) {
          options++;
          assertEquals(variable.variable().variableData(), option.encode());
        }
      }
    }
    assertEquals(36, paths);
    assertEquals(68, options);
  }

  @Test
  void aChangedLastByteIsNeverVerified() throws IOException, FormatException {
    int changed = 0;
    for (CheckedEvent event : events()) {
      for (HashAlgorithm bank : event.checks().keySet()) {
        if (!(event.checks().get(bank) instanceof DigestCheck.Verified)) {
          continue;
        }
        var check = withChangedLastByte(event.event()).digestCheck(bank).orElseThrow();
        assertFalse(check instanceof DigestCheck.Verified, event.toString());
        assertFalse(check instanceof DigestCheck.VerifiedWithQuirk, event.toString());
        changed++;
      }
    }
    assertTrue(changed > 800, changed + " digests");
  }

  private static TcgPcrEvent2 withChangedLastByte(TcgPcrEvent2 event) {
    byte[] data = event.event().toArray();
    data[data.length - 1] ^= 0x41;
    return new TcgPcrEvent2(
        event.number(),
        event.offset(),
        event.pcrIndex(),
        event.untrustedType(),
        event.digests(),
        Bytes.copyOf(data));
  }
}
