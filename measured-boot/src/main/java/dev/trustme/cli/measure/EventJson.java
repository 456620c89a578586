// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.DeviceSecurityEvent;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.DeviceSecurity;
import dev.trustme.eventlog.EventData.FirmwareBlob;
import dev.trustme.eventlog.EventData.FirmwareText;
import dev.trustme.eventlog.EventData.GptEvent;
import dev.trustme.eventlog.EventData.HandoffTables;
import dev.trustme.eventlog.EventData.HcrtmComponent;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.LegacySpecIdEvent;
import dev.trustme.eventlog.EventData.NvIndexDynamic;
import dev.trustme.eventlog.EventData.NvIndexInstance;
import dev.trustme.eventlog.EventData.Opaque;
import dev.trustme.eventlog.EventData.PlatformId;
import dev.trustme.eventlog.EventData.Separator;
import dev.trustme.eventlog.EventData.SpecIdEvent;
import dev.trustme.eventlog.EventData.StartupLocality;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.TaggedEvents;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.eventlog.EventData.VersionGuid;
import dev.trustme.eventlog.LoaderText;
import dev.trustme.uefi.DevicePath;
import dev.trustme.uefi.GptPartition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Event data as keys and values with stable names; {@code kind} says which. Bytes are lower-case
 * hex, 64-bit addresses and block numbers hex with {@code 0x}, texts as they stand in the log.
 */
final class EventJson {
  private EventJson() {}

  static Map<String, Object> of(CheckedEvent event) {
    return switch (event.untrustedData()) {
      case EventData.NoAction noAction -> noAction(noAction);
      case EventData.Firmware firmware -> firmware(firmware);
      case UefiVariable variable -> VariableJson.of(event, variable);
      case Separator separator ->
          object("separator").with("value", "%08x".formatted(separator.value()));
      case ActionText action ->
          object("action").with("text", action.text()).with("known", action.known());
      case IplText ipl ->
          object("loader-text")
              .with("convention", name(LoaderText.of(event.event().pcrIndex(), ipl)))
              .with("text", ipl.text());
      case TaggedEvent tag -> object("tags").with("tags", List.of(tag(tag)));
      case TaggedEvents tags ->
          object("tags").with("tags", tags.events().stream().map(EventJson::tag).toList());
      case BootServicesApplication image -> image(image);
      case GptEvent gpt -> gpt(gpt);
      case Unparsed unparsed ->
          object("unparsed").with("reason", unparsed.reason()).with("data", unparsed.raw().hex());
    };
  }

  private static Tree noAction(EventData.NoAction data) {
    return switch (data) {
      case SpecIdEvent spec ->
          object("spec-id")
              .with("version", version(spec.specVersionMajor(), spec.specVersionMinor()))
              .with("errata", spec.specErrata())
              .with("platform-class", spec.platformClass())
              .with("vendor-info", spec.vendorInfo().hex());
      case LegacySpecIdEvent spec ->
          object("legacy-spec-id")
              .with("signature", spec.signature())
              .with("version", version(spec.specVersionMajor(), spec.specVersionMinor()))
              .with("errata", spec.specErrata())
              .with("vendor-info", spec.vendorInfo().hex());
      case StartupLocality startup ->
          object("startup-locality").with("locality", startup.startupLocality());
      case NvIndexInstance instance -> device("nv-index-instance", instance.data());
      case NvIndexDynamic dynamic ->
          object("nv-index-dynamic")
              .with("uid", hex(dynamic.uid()))
              .with("description", dynamic.description())
              .with("data", dynamic.data().hex());
      case HcrtmComponent component ->
          object("hcrtm-component")
              .with("description", component.componentDescription())
              .with("format", component.measurementFormatType())
              .with("measurement", component.componentMeasurement().hex());
      case PlatformId platform -> platform(platform);
    };
  }

  private static Tree firmware(EventData.Firmware data) {
    return switch (data) {
      case FirmwareText text -> object("firmware-text").with("text", text.text());
      case VersionGuid version -> object("version-guid").with("guid", version.guid().toString());
      case FirmwareBlob blob ->
          object("firmware-blob")
              .with("description", Untrusted.textOrHex(blob.blobDescription()))
              .with("base", hex(blob.blobBase()))
              .with("length", hex(blob.blobLength()));
      case HandoffTables tables -> handoff(tables);
      case DeviceSecurity device -> device("device-security", device.event());
      case Opaque opaque -> object("opaque").with("data", opaque.raw().hex());
    };
  }

  /** An ordered map that begins with its kind. */
  static final class Tree extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;

    Tree with(String key, Object value) {
      put(key, value);
      return this;
    }
  }

  static Tree object(String kind) {
    return new Tree().with("kind", kind);
  }

  static String hex(long value) {
    return "0x%x".formatted(value);
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String version(int major, int minor) {
    return "%d.%d".formatted(major, minor);
  }

  private static Tree tag(TaggedEvent event) {
    var tree = new Tree().with("id", "%08x".formatted(event.taggedEventId()));
    event.tag().ifPresent(tag -> tree.with("name", name(tag)));
    event.text().ifPresent(text -> tree.with("text", text));
    return tree.with("data", event.taggedEventData().hex());
  }

  /** The path in both forms, or only its bytes where they are no path. */
  static Tree path(Bytes encoded, Optional<DevicePath> path) {
    var tree = new Tree();
    path.ifPresent(p -> tree.with("text", p.text()));
    path.flatMap(DevicePath::filePath).ifPresent(file -> tree.with("file", file));
    return tree.with("data", encoded.hex());
  }

  private static Tree image(BootServicesApplication image) {
    return object("image-load")
        .with("location", hex(image.imageLocationInMemory()))
        .with("length", hex(image.imageLengthInMemory()))
        .with("link-time-address", hex(image.imageLinkTimeAddress()))
        .with("device-path", path(image.devicePath(), image.path()));
  }

  private static Tree gpt(GptEvent event) {
    var header = event.table().header();
    return object("gpt")
        .with("disk-guid", header.diskGuid().toString())
        .with("first-usable-lba", hex(header.firstUsableLba()))
        .with("last-usable-lba", hex(header.lastUsableLba()))
        .with("partitions", event.table().partitions().stream().map(EventJson::partition).toList());
  }

  private static Tree partition(GptPartition partition) {
    return new Tree()
        .with("name", partition.partitionName())
        .with("type", partition.partitionTypeGuid().toString())
        .with("guid", partition.uniquePartitionGuid().toString())
        .with("starting-lba", hex(partition.startingLba()))
        .with("ending-lba", hex(partition.endingLba()))
        .with("attributes", hex(partition.attributes()));
  }

  private static Tree handoff(HandoffTables event) {
    List<Tree> tables =
        event.tableEntry().stream()
            .map(table ->
                new Tree()
                    .with("guid", table.vendorGuid().toString())
                    .with("address", hex(table.vendorTable())))
            .toList();
    return object("handoff-tables")
        .with("description", Untrusted.textOrHex(event.tableDescription()))
        .with("tables", tables);
  }

  private static Tree device(String kind, DeviceSecurityEvent event) {
    return object(kind)
        .with("summary", DeviceText.summary(event))
        .with("version", event.version())
        .with("auth-state", event.authState())
        .with("device-type", event.deviceType())
        .with("device-path", event.devicePath().hex())
        .with("details", DeviceText.details(event));
  }

  private static Tree platform(PlatformId event) {
    var tree =
        object("platform-id")
            .with("version", event.version())
            .with("vendor-id", event.vendorId())
            .with("reference-manifest", event.referenceManifestGuid().toString());
    event
        .platform()
        .ifPresent(platform ->
            tree.with("manufacturer", platform.manufacturer())
                .with("model", platform.model())
                .with("platform-version", platform.version())
                .with("firmware-manufacturer", platform.firmwareManufacturer())
                .with("firmware-manufacturer-id", platform.firmwareManufacturerId())
                .with("firmware-version", platform.firmwareVersion()));
    return tree.with(
        "locators",
        event.locators().stream()
            .map(l -> new Tree().with("type", l.type()).with("data", l.value().hex()))
            .toList());
  }
}
