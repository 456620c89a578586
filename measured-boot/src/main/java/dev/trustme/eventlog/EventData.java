// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.DevicePath;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.UefiGptData;
import dev.trustme.uefi.UefiVariableData;
import java.util.List;
import java.util.Optional;

/**
 * What an event's data says. Data that is not what its type promises is a case, not an error. Names
 * and layouts are those of the TCG PC Client Platform Firmware Profile 1.06, section "Event
 * Descriptions"; all numbers are little-endian. Texts hold what the log holds: escape them before
 * they are shown.
 */
public sealed interface EventData {

  /** Data of EV_NO_ACTION events, which are not measured. */
  sealed interface NoAction extends EventData {}

  /** What firmware says of itself, of devices and of regions of memory. */
  sealed interface Firmware extends EventData {}

  /**
   * TCG_EfiSpecIDEvent: the head of a crypto-agile log.
   *
   * @param digestSizes in the order of the log
   */
  record SpecIdEvent(
      long platformClass,
      int specVersionMajor,
      int specVersionMinor,
      int specErrata,
      int uintnSize,
      List<AlgorithmSize> digestSizes,
      Bytes vendorInfo)
      implements NoAction {
    public SpecIdEvent {
      digestSizes = List.copyOf(digestSizes);
    }
  }

  /** TCG_EfiSpecIdEventAlgorithmSize: a TPM_ALG_ID and its digest size in bytes. */
  record AlgorithmSize(int algorithmId, int digestSize) {}

  /**
   * The head of a SHA-1 log: TCG_PCClientSpecIDEventStruct (BIOS) or the older TCG_EfiSpecIDEvent.
   *
   * @param signature {@code Spec ID Event00} or {@code Spec ID Event02}
   * @param uintnSize reserved in the structure of a BIOS
   */
  record LegacySpecIdEvent(
      String signature,
      long platformClass,
      int specVersionMajor,
      int specVersionMinor,
      int specErrata,
      int uintnSize,
      Bytes vendorInfo)
      implements NoAction {}

  /** TCG_EfiStartupLocalityEvent: the locality of TPM2_Startup, which is PCR 0's start value. */
  record StartupLocality(int startupLocality) implements NoAction {}

  /**
   * TCG_HCRTMComponentEvent: a part of the H-CRTM.
   *
   * @param measurementFormatType 0 for a TPMT_HA, 0x80 for a raw digest
   */
  record HcrtmComponent(
      String componentDescription, int measurementFormatType, Bytes componentMeasurement)
      implements NoAction {}

  /**
   * TCG_Sp800_155_PlatformId_Event, 2 and 3: who made the platform and where its reference
   * measurements are.
   *
   * @param platform absent in the first version
   * @param locators of the reference manifest and of the platform certificate; empty before version
   *     3
   */
  record PlatformId(
      int version,
      long vendorId,
      EfiGuid referenceManifestGuid,
      Optional<Platform> platform,
      List<Locator> locators)
      implements NoAction {
    public PlatformId {
      locators = List.copyOf(locators);
    }
  }

  /** The strings of {@link PlatformId}; {@code firmwareManufacturerId} is an IANA number. */
  record Platform(
      String manufacturer,
      String model,
      String version,
      String firmwareManufacturer,
      long firmwareManufacturerId,
      String firmwareVersion) {}

  /**
   * Where to find something.
   *
   * @param type 0 the thing itself, 1 URI, 2 device path, 3 UEFI variable
   */
  record Locator(long type, Bytes value) {}

  /** TCG NV_INDEX_INSTANCE_EVENT_LOG_DATA: what was extended into an NV index for a device. */
  record NvIndexInstance(int version, DeviceSecurityEvent data) implements NoAction {}

  /** TCG NV_INDEX_DYNAMIC_EVENT_LOG_DATA: a nonce or the like, bound to others by its number. */
  record NvIndexDynamic(int version, long uid, String description, Bytes data)
      implements NoAction {}

  /**
   * A measured UEFI variable.
   *
   * @param trailing what old versions of shim append; mostly empty
   */
  record UefiVariable(UefiVariableData variable, Bytes trailing) implements EventData {
    /** What the variable holds, by its name and vendor. */
    public VariableContent content() {
      return VariableContentDecoder.variable(variable);
    }

    /** What it holds if the event says which key or hash allowed an image. */
    public VariableContent authority() {
      return VariableContentDecoder.authority(variable);
    }
  }

  /** UEFI_GPT_DATA. */
  record GptEvent(UefiGptData table) implements EventData {}

  /** 00000000 or FFFFFFFF; anything else reports an error of the firmware. */
  record Separator(long value) implements EventData {}

  /** An EV_ACTION or EV_EFI_ACTION string, ASCII. */
  record ActionText(String text) implements EventData {
    /** Whether a specification names this string. */
    public boolean known() {
      return KnownActions.TEXTS.contains(text);
    }
  }

  /** Text of a boot loader or stub: a GRUB command, a section's name, a command line. */
  record IplText(String text) implements EventData {}

  /** A string of the firmware: what it measured, or its version. */
  record FirmwareText(String text) implements Firmware {}

  /** EV_S_CRTM_VERSION as a GUID. */
  record VersionGuid(EfiGuid guid) implements Firmware {}

  /** TCG_PCClientTaggedEvent. */
  record TaggedEvent(long taggedEventId, Bytes taggedEventData) implements EventData {
    /** Linux: the load options of the kernel's image. drivers/firmware/efi/libstub/efistub.h. */
    public static final long LOAD_OPTIONS_EVENT_TAG_ID = 0x8f3b22edL;

    /** Linux: the initrd. drivers/firmware/efi/libstub/efistub.h. */
    public static final long INITRD_EVENT_TAG_ID = 0x8f3b22ecL;

    /** Whose tag it is, where that is known. */
    public Optional<EventTag> tag() {
      return EventTag.of(taggedEventId);
    }

    /** The data as text: UTF-16LE as systemd writes it, or ASCII as Linux does. */
    public Optional<String> text() {
      return Texts.loaderText(taggedEventData).filter(Texts::isPrintable);
    }
  }

  /** Two or more tagged events in one. */
  record TaggedEvents(List<TaggedEvent> events) implements EventData {
    public TaggedEvents {
      events = List.copyOf(events);
    }
  }

  /**
   * UEFI_IMAGE_LOAD_EVENT of an application or driver; addresses and lengths in bytes.
   *
   * @param trailing what old versions of shim append; mostly empty
   */
  record BootServicesApplication(
      long imageLocationInMemory,
      long imageLengthInMemory,
      long imageLinkTimeAddress,
      Bytes devicePath,
      Bytes trailing)
      implements EventData {
    public BootServicesApplication(
        long imageLocationInMemory,
        long imageLengthInMemory,
        long imageLinkTimeAddress,
        Bytes devicePath) {
      this(
          imageLocationInMemory,
          imageLengthInMemory,
          imageLinkTimeAddress,
          devicePath,
          Bytes.empty());
    }

    /** The device path, where it is one; some loaders log none. */
    public Optional<DevicePath> path() {
      try {
        return Optional.of(DevicePath.parse(devicePath));
      } catch (FormatException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * UEFI_PLATFORM_FIRMWARE_BLOB and UEFI_PLATFORM_FIRMWARE_BLOB2: a region of memory, in bytes.
   *
   * @param blobDescription empty in the first structure
   */
  record FirmwareBlob(Bytes blobDescription, long blobBase, long blobLength) implements Firmware {}

  /**
   * UEFI_HANDOFF_TABLE_POINTERS and UEFI_HANDOFF_TABLE_POINTERS2.
   *
   * @param tableDescription empty in the first structure
   */
  record HandoffTables(Bytes tableDescription, List<ConfigurationTable> tableEntry)
      implements Firmware {
    public HandoffTables {
      tableEntry = List.copyOf(tableEntry);
    }
  }

  /** EFI_CONFIGURATION_TABLE: what lies at which address. */
  record ConfigurationTable(EfiGuid vendorGuid, long vendorTable) {}

  /** TCG_DEVICE_SECURITY_EVENT_DATA: what a device says of its own firmware over SPDM. */
  record DeviceSecurity(DeviceSecurityEvent event) implements Firmware {}

  /** Bytes whose meaning the specification leaves to the manufacturer. */
  record Opaque(Bytes raw) implements Firmware {}

  /** Bytes that are not decoded, and why. */
  record Unparsed(Bytes raw, String reason) implements EventData {}
}
