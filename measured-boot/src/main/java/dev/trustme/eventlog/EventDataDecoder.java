// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.Separator;
import dev.trustme.eventlog.EventData.StartupLocality;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Decodes event data by type. */
final class EventDataDecoder {
  static final Bytes STARTUP_LOCALITY = Bytes.utf8("StartupLocality\0");

  /** Old versions of shim log 6 bytes more than the structure has. */
  private static final int MAX_AUTHORITY_TRAILING = 6;

  private EventDataDecoder() {}

  static EventData decode(TcgPcrEvent2 event) {
    try {
      return switch (event.untrustedType()) {
        case TcgEventType type -> decode(type, event.event());
        case UnknownEventType unknown -> new Unparsed(event.event(), "unknown type");
      };
    } catch (FormatException e) {
      return new Unparsed(event.event(), "%s: %s".formatted(e.structure(), e.problem()));
    }
  }

  private static EventData decode(TcgEventType type, Bytes data) throws FormatException {
    return switch (type) {
      case EV_NO_ACTION -> noAction(data);
      case EV_SEPARATOR -> separator(data);
      case EV_ACTION, EV_EFI_ACTION ->
          new EventData.ActionText(text(data, StandardCharsets.US_ASCII));
      case EV_IPL -> iplText(data);
      case EV_EVENT_TAG -> taggedEvent(data);
      case EV_EFI_VARIABLE_DRIVER_CONFIG, EV_EFI_VARIABLE_BOOT, EV_EFI_VARIABLE_BOOT2 ->
          variable(data, 0);
      case EV_EFI_VARIABLE_AUTHORITY -> variable(data, MAX_AUTHORITY_TRAILING);
      case EV_EFI_BOOT_SERVICES_APPLICATION,
          EV_EFI_BOOT_SERVICES_DRIVER,
          EV_EFI_RUNTIME_SERVICES_DRIVER ->
          imageLoad(data);
      case EV_PREBOOT_CERT,
          EV_POST_CODE,
          EV_UNUSED,
          EV_S_CRTM_CONTENTS,
          EV_S_CRTM_VERSION,
          EV_CPU_MICROCODE,
          EV_PLATFORM_CONFIG_FLAGS,
          EV_TABLE_OF_DEVICES,
          EV_COMPACT_HASH,
          EV_IPL_PARTITION_DATA,
          EV_NONHOST_CODE,
          EV_NONHOST_CONFIG,
          EV_NONHOST_INFO,
          EV_OMIT_BOOT_DEVICE_EVENTS,
          EV_POST_CODE2,
          EV_EFI_EVENT_BASE,
          EV_EFI_GPT_EVENT,
          EV_EFI_PLATFORM_FIRMWARE_BLOB,
          EV_EFI_HANDOFF_TABLES,
          EV_EFI_PLATFORM_FIRMWARE_BLOB2,
          EV_EFI_HANDOFF_TABLES2,
          EV_EFI_GPT_EVENT2,
          EV_EFI_HCRTM_EVENT,
          EV_EFI_SPDM_FIRMWARE_BLOB,
          EV_EFI_SPDM_FIRMWARE_CONFIG,
          EV_EFI_SPDM_DEVICE_POLICY,
          EV_EFI_SPDM_DEVICE_AUTHORITY ->
          new Unparsed(data, "not decoded");
    };
  }

  private static EventData noAction(Bytes data) throws FormatException {
    if (data.startsWith(SpecIdEvents.SIGNATURE)) {
      return SpecIdEvents.parse(data);
    }
    if (data.startsWith(STARTUP_LOCALITY)) {
      var reader = BinaryReader.littleEndian(data, "TCG_EfiStartupLocalityEvent");
      reader.skip(STARTUP_LOCALITY.size());
      int locality = reader.u8();
      reader.expectEnd();
      return new StartupLocality(locality);
    }
    return new Unparsed(data, "not decoded");
  }

  private static EventData separator(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "EV_SEPARATOR");
    var separator = new Separator(reader.u32());
    reader.expectEnd();
    return separator;
  }

  /** UTF-16LE as stubs write it, or 8-bit text as GRUB does; NULs at the end dropped. */
  private static EventData iplText(Bytes data) throws FormatException {
    boolean utf16 = data.size() % 2 == 0 && data.size() >= 2 && data.at(1) == 0;
    return new IplText(text(data, utf16 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8));
  }

  private static String text(Bytes data, Charset charset) throws FormatException {
    try {
      String text = charset.newDecoder().decode(data.buffer()).toString();
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == '\0') {
        end--;
      }
      return text.substring(0, end);
    } catch (CharacterCodingException e) {
      throw new FormatException("text", 0, "is not " + charset);
    }
  }

  private static EventData taggedEvent(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "TCG_PCClientTaggedEvent");
    long id = reader.u32();
    var content = reader.bytes(reader.u32());
    reader.expectEnd();
    return new TaggedEvent(id, content);
  }

  private static EventData variable(Bytes data, int maxTrailing) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "UEFI_VARIABLE_DATA");
    var variable = UefiVariableData.read(reader);
    if (reader.remaining() > maxTrailing) {
      reader.expectEnd();
    }
    return new UefiVariable(variable, reader.rest());
  }

  private static EventData imageLoad(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "UEFI_IMAGE_LOAD_EVENT");
    long location = reader.u64();
    long length = reader.u64();
    long linkTime = reader.u64();
    var devicePath = reader.bytes(reader.u64());
    reader.expectEnd();
    return new BootServicesApplication(location, length, linkTime, devicePath);
  }
}
