// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.EventData.HcrtmComponent;
import dev.trustme.eventlog.EventData.LegacySpecIdEvent;
import dev.trustme.eventlog.EventData.Locator;
import dev.trustme.eventlog.EventData.NvIndexDynamic;
import dev.trustme.eventlog.EventData.NvIndexInstance;
import dev.trustme.eventlog.EventData.Platform;
import dev.trustme.eventlog.EventData.PlatformId;
import dev.trustme.eventlog.EventData.StartupLocality;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.uefi.EfiGuid;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Decodes EV_NO_ACTION events, which begin with a signature of 16 bytes and are never measured. TCG
 * PC Client Platform Firmware Profile 1.06, "EV_NO_ACTION Event Types".
 */
final class NoActionDecoder {
  static final Bytes STARTUP_LOCALITY = Bytes.utf8("StartupLocality\0");

  private static final int SIGNATURE_SIZE = 16;

  private NoActionDecoder() {}

  static EventData decode(Bytes data) throws FormatException {
    if (data.size() < SIGNATURE_SIZE) {
      return new Unparsed(data, "no signature of 16 bytes");
    }
    String signature =
        Texts.strict(data.slice(0, SIGNATURE_SIZE), StandardCharsets.US_ASCII).orElse("");
    var reader = BinaryReader.littleEndian(data, "EV_NO_ACTION");
    reader.skip(SIGNATURE_SIZE);
    EventData event =
        switch (signature) {
          case "Spec ID Event00", "Spec ID Event02" -> legacySpecId(signature, reader);
          case "Spec ID Event03" -> {
            reader.rest();
            yield SpecIdEvents.parse(data);
          }
          case "StartupLocality" -> startupLocality(reader);
          case "H-CRTM CompMeas" -> hcrtmComponent(reader);
          case "SP800-155 Event" -> platformId(1, reader);
          case "SP800-155 Event2" -> platformId(2, reader);
          case "SP800-155 Event3" -> platformId(3, reader);
          case "NvIndexInstance" -> nvIndexInstance(reader);
          case "NvIndexDynamic", "NvIndexDynamic " -> nvIndexDynamic(reader);
          default -> {
            reader.rest();
            yield new Unparsed(data, "unknown signature");
          }
        };
    reader.expectEnd();
    return event;
  }

  private static StartupLocality startupLocality(BinaryReader input) throws FormatException {
    var reader = input.named("TCG_EfiStartupLocalityEvent");
    var event = new StartupLocality(reader.u8());
    reader.expectEnd();
    return event;
  }

  private static LegacySpecIdEvent legacySpecId(String signature, BinaryReader input)
      throws FormatException {
    var reader = input.named("TCG_PCClientSpecIDEvent");
    long platformClass = reader.u32();
    int minor = reader.u8();
    int major = reader.u8();
    int errata = reader.u8();
    int uintnSize = reader.u8();
    return new LegacySpecIdEvent(
        signature, platformClass, major, minor, errata, uintnSize, reader.bytes(reader.u8()));
  }

  private static HcrtmComponent hcrtmComponent(BinaryReader input) throws FormatException {
    var reader = input.named("TCG_HCRTMComponentEvent");
    String description = text(reader, reader.u8());
    return new HcrtmComponent(description, reader.u8(), reader.bytes(reader.u16()));
  }

  private static PlatformId platformId(int version, BinaryReader input) throws FormatException {
    var reader = input.named("TCG_Sp800_155_PlatformId_Event");
    long vendorId = reader.u32();
    EfiGuid manifest = EfiGuid.read(reader);
    if (version == 1) {
      return new PlatformId(version, vendorId, manifest, Optional.empty(), List.of());
    }
    var platform =
        new Platform(
            text(reader, reader.u8()),
            text(reader, reader.u8()),
            text(reader, reader.u8()),
            text(reader, reader.u8()),
            reader.u32(),
            text(reader, reader.u8()));
    List<Locator> locators = version == 2 ? List.of() : List.of(locator(reader), locator(reader));
    return new PlatformId(version, vendorId, manifest, Optional.of(platform), locators);
  }

  private static Locator locator(BinaryReader reader) throws FormatException {
    return new Locator(reader.u32(), reader.bytes(reader.u32()));
  }

  private static NvIndexInstance nvIndexInstance(BinaryReader input) throws FormatException {
    var reader = input.named("NV_INDEX_INSTANCE_EVENT_LOG_DATA");
    int version = reader.u16();
    reader.skip(6);
    return new NvIndexInstance(version, DeviceSecurityEvent.read(reader));
  }

  private static NvIndexDynamic nvIndexDynamic(BinaryReader input) throws FormatException {
    var reader = input.named("NV_INDEX_DYNAMIC_EVENT_LOG_DATA");
    int version = reader.u16();
    reader.skip(6);
    long uid = reader.u64();
    String description = text(reader, reader.u16());
    return new NvIndexDynamic(version, uid, description, reader.bytes(reader.u16()));
  }

  private static String text(BinaryReader reader, int size) throws FormatException {
    Bytes raw = reader.bytes(size);
    return Texts.strict(raw, StandardCharsets.UTF_8)
        .orElseThrow(() -> reader.malformed("text is not UTF-8"));
  }
}
