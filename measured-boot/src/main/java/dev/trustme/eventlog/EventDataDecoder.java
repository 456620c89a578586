// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.ConfigurationTable;
import dev.trustme.eventlog.EventData.DeviceSecurity;
import dev.trustme.eventlog.EventData.FirmwareBlob;
import dev.trustme.eventlog.EventData.FirmwareText;
import dev.trustme.eventlog.EventData.GptEvent;
import dev.trustme.eventlog.EventData.HandoffTables;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.Opaque;
import dev.trustme.eventlog.EventData.Separator;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.TaggedEvents;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.eventlog.EventData.VersionGuid;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.UefiGptData;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decodes event data by type. */
final class EventDataDecoder {
  static final Bytes STARTUP_LOCALITY = NoActionDecoder.STARTUP_LOCALITY;

  /** Old versions of shim log 6 bytes more than the structure has. */
  private static final int MAX_AUTHORITY_TRAILING = 6;

  /** Old versions of shim log the compiler's padding too, and one byte more. */
  private static final int MAX_IMAGE_TRAILING = 9;

  private static final int TABLE_ENTRY_SIZE = 24;

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
      case EV_NO_ACTION -> NoActionDecoder.decode(data);
      case EV_SEPARATOR -> separator(data);
      case EV_ACTION, EV_EFI_ACTION, EV_OMIT_BOOT_DEVICE_EVENTS -> action(data);
      case EV_IPL -> iplText(data);
      case EV_EVENT_TAG -> taggedEvents(data);
      case EV_EFI_VARIABLE_DRIVER_CONFIG,
          EV_EFI_VARIABLE_BOOT,
          EV_EFI_VARIABLE_BOOT2,
          EV_EFI_SPDM_DEVICE_POLICY,
          EV_EFI_SPDM_DEVICE_AUTHORITY ->
          variable(data, 0);
      case EV_EFI_VARIABLE_AUTHORITY -> variable(data, MAX_AUTHORITY_TRAILING);
      case EV_EFI_BOOT_SERVICES_APPLICATION,
          EV_EFI_BOOT_SERVICES_DRIVER,
          EV_EFI_RUNTIME_SERVICES_DRIVER ->
          imageLoad(data);
      case EV_EFI_GPT_EVENT, EV_EFI_GPT_EVENT2 -> new GptEvent(UefiGptData.parse(data));
      case EV_S_CRTM_VERSION -> version(data);
      case EV_POST_CODE, EV_S_CRTM_CONTENTS, EV_EFI_PLATFORM_FIRMWARE_BLOB -> firmwareBlob(data);
      case EV_POST_CODE2, EV_EFI_PLATFORM_FIRMWARE_BLOB2 -> firmwareBlob2(data);
      case EV_EFI_HANDOFF_TABLES -> handoffTables(data, false);
      case EV_EFI_HANDOFF_TABLES2 -> handoffTables(data, true);
      case EV_EFI_SPDM_FIRMWARE_BLOB, EV_EFI_SPDM_FIRMWARE_CONFIG ->
          new DeviceSecurity(DeviceSecurityEvent.parse(data));
      case EV_PREBOOT_CERT,
          EV_UNUSED,
          EV_CPU_MICROCODE,
          EV_PLATFORM_CONFIG_FLAGS,
          EV_TABLE_OF_DEVICES,
          EV_COMPACT_HASH,
          EV_IPL_PARTITION_DATA,
          EV_NONHOST_CODE,
          EV_NONHOST_CONFIG,
          EV_NONHOST_INFO,
          EV_EFI_EVENT_BASE,
          EV_EFI_HCRTM_EVENT ->
          manufacturer(data);
    };
  }

  private static EventData separator(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "EV_SEPARATOR");
    var separator = new Separator(reader.u32());
    reader.expectEnd();
    return separator;
  }

  private static EventData action(Bytes data) {
    return Texts.strict(data, StandardCharsets.US_ASCII)
        .<EventData>map(ActionText::new)
        .orElseGet(() -> new Unparsed(data, "text: is not US-ASCII"));
  }

  private static EventData iplText(Bytes data) {
    return Texts.loaderText(data)
        .<EventData>map(IplText::new)
        .orElseGet(() -> new Unparsed(data, "text: is neither UTF-8 nor UTF-16LE"));
  }

  private static EventData manufacturer(Bytes data) {
    return Texts.firmwareText(data)
        .filter(text -> !text.isEmpty())
        .<EventData>map(FirmwareText::new)
        .orElseGet(() -> new Opaque(data));
  }

  /** A UTF-16 string, or a GUID, or whatever the manufacturer counts its versions in. */
  private static EventData version(Bytes data) throws FormatException {
    var text = Texts.firmwareText(data);
    if (text.isPresent()) {
      return new FirmwareText(text.get());
    }
    return data.size() == EfiGuid.SIZE ? new VersionGuid(EfiGuid.parse(data)) : new Opaque(data);
  }

  private static EventData taggedEvents(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "TCG_PCClientTaggedEvent");
    List<TaggedEvent> events = new ArrayList<>();
    do {
      events.add(new TaggedEvent(reader.u32(), reader.bytes(reader.u32())));
    } while (reader.hasRemaining());
    return events.size() == 1 ? events.getFirst() : new TaggedEvents(events);
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
    if (reader.remaining() > MAX_IMAGE_TRAILING) {
      reader.expectEnd();
    }
    return new BootServicesApplication(location, length, linkTime, devicePath, reader.rest());
  }

  /** A region of memory, or a string in place of it: {@code POST CODE}, {@code ACPI DATA}. */
  private static EventData firmwareBlob(Bytes data) throws FormatException {
    var text = Texts.firmwareText(data).filter(t -> !t.isEmpty());
    if (text.isPresent()) {
      return new FirmwareText(text.get());
    }
    return firmwareBlob(
        Bytes.empty(), BinaryReader.littleEndian(data, "UEFI_PLATFORM_FIRMWARE_BLOB"));
  }

  private static EventData firmwareBlob2(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "UEFI_PLATFORM_FIRMWARE_BLOB2");
    return firmwareBlob(reader.bytes(reader.u8()), reader);
  }

  private static EventData firmwareBlob(Bytes description, BinaryReader reader)
      throws FormatException {
    var blob = new FirmwareBlob(description, reader.u64(), reader.u64());
    reader.expectEnd();
    return blob;
  }

  private static EventData handoffTables(Bytes data, boolean described) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "UEFI_HANDOFF_TABLE_POINTERS");
    Bytes description = described ? reader.bytes(reader.u8()) : Bytes.empty();
    long count = reader.u64();
    if (count < 0 || count > reader.remaining() / TABLE_ENTRY_SIZE) {
      throw reader.malformed(
          "NumberOfTables %s, but %d bytes remain"
              .formatted(Long.toUnsignedString(count), reader.remaining()));
    }
    List<ConfigurationTable> tables = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      tables.add(new ConfigurationTable(EfiGuid.read(reader), reader.u64()));
    }
    reader.expectEnd();
    return new HandoffTables(description, tables);
  }
}
