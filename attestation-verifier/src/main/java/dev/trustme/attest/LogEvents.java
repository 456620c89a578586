// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.TcgPcrEvent2;
import java.util.Optional;

/** Log entries in words: untrusted text, made safe for a terminal. */
public final class LogEvents {
  private static final int MAX_TEXT = 80;

  private LogEvents() {}

  /** {@code TCG log, event 27 (EV_IPL), offset 0x15a0}. */
  public static String where(TcgPcrEvent2 event) {
    return "TCG log, event %d (%s), offset 0x%x"
        .formatted(event.number(), event.untrustedType().name(), event.offset());
  }

  static Optional<String> action(TcgPcrEvent2 event) {
    return event.untrustedData() instanceof EventData.ActionText(String text)
        ? Optional.of(text)
        : Optional.empty();
  }

  /** What the entry says it is: its type, and a name where the data has one. */
  static String describe(TcgPcrEvent2 event) {
    String name =
        switch (event.untrustedData()) {
          case EventData.UefiVariable variable -> variable.variable().unicodeName();
          case EventData.ActionText(String text) -> text;
          case EventData.IplText(String text) -> text;
          case EventData.TaggedEvent tagged -> "tag 0x%08x".formatted(tagged.taggedEventId());
          case EventData.Separator(long value) -> "%08x".formatted(value);
          case EventData.SpecIdEvent spec -> "Spec ID";
          case EventData.StartupLocality locality -> "StartupLocality";
          case EventData.BootServicesApplication image -> "EFI image";
          case EventData.FirmwareText(String text) -> text;
          case EventData.VersionGuid version -> version.guid().toString();
          case EventData.GptEvent gpt -> "disk " + gpt.table().header().diskGuid();
          case EventData.FirmwareBlob blob -> blob.blobDescription().utf8();
          case EventData.HandoffTables tables -> tables.tableDescription().utf8();
          case EventData.HcrtmComponent component -> component.componentDescription();
          case EventData.TaggedEvents tagged -> "%d tags".formatted(tagged.events().size());
          case EventData.LegacySpecIdEvent spec -> spec.signature();
          case EventData.PlatformId platform -> "platform " + platform.referenceManifestGuid();
          case EventData.DeviceSecurity security -> "SPDM";
          case EventData.NvIndexInstance instance -> "SPDM";
          case EventData.NvIndexDynamic dynamic -> dynamic.description();
          case EventData.Opaque opaque -> "";
          case EventData.Unparsed unparsed -> "";
        };
    return (event.untrustedType().name() + " " + printable(name)).strip();
  }

  static String printable(String text) {
    String shown = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    return shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
  }
}
