// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.DigestCheck;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventData.ActionText;
import dev.trustme.eventlog.EventData.AlgorithmSize;
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
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.eventlog.VariableContent;
import dev.trustme.uefi.DevicePath;
import java.util.stream.Collectors;

/** Event data in one line that is safe on a terminal. */
public final class EventText {
  private EventText() {}

  /** With what the PCR, the type and the digest checks tell about the data. */
  public static String of(CheckedEvent event) {
    EventData data = event.untrustedData();
    if (data instanceof UefiVariable variable) {
      return variable(variable, content(event, variable));
    }
    return data instanceof IplText ipl ? loader(event, ipl) : of(data);
  }

  /** The data by itself. */
  static String of(EventData data) {
    return switch (data) {
      case EventData.NoAction noAction -> noAction(noAction);
      case EventData.Firmware firmware -> firmware(firmware);
      case UefiVariable variable -> variable(variable, variable.content());
      case Separator separator -> separator(separator);
      case ActionText action ->
          Untrusted.printable(action.text()) + (action.known() ? "" : "  (unknown action)");
      case IplText ipl -> Untrusted.printable(ipl.text());
      case TaggedEvent tag -> tag(tag);
      case TaggedEvents tags ->
          tags.events().stream().map(EventText::tag).collect(Collectors.joining("; "));
      case BootServicesApplication image -> image(image);
      case GptEvent gpt ->
          "disk %s, %s"
              .formatted(
                  gpt.table().header().diskGuid(),
                  count(gpt.table().partitions().size(), "partition"));
      case Unparsed unparsed ->
          "not decoded (%s): %s"
              .formatted(
                  Untrusted.printable(unparsed.reason()), Untrusted.textOrHex(unparsed.raw()));
    };
  }

  private static String noAction(EventData.NoAction data) {
    return switch (data) {
      case SpecIdEvent spec -> specId(spec);
      case LegacySpecIdEvent spec ->
          "%s %d.%d.%d"
              .formatted(
                  spec.signature(),
                  spec.specVersionMajor(),
                  spec.specVersionMinor(),
                  spec.specErrata());
      case StartupLocality startup -> "startup locality " + startup.startupLocality();
      case NvIndexInstance instance -> "NV index: " + DeviceText.summary(instance.data());
      case NvIndexDynamic dynamic ->
          "NV index: %s %s"
              .formatted(Untrusted.printable(dynamic.description()), Untrusted.hex(dynamic.data()));
      case HcrtmComponent component ->
          "H-CRTM component %s %s"
              .formatted(
                  Untrusted.quoted(component.componentDescription()),
                  Untrusted.hex(component.componentMeasurement()));
      case PlatformId platform -> DeviceText.platform(platform);
    };
  }

  private static String firmware(EventData.Firmware data) {
    return switch (data) {
      case FirmwareText text -> text.text().isEmpty() ? "(empty)" : Untrusted.quoted(text.text());
      case VersionGuid version -> "version " + version.guid();
      case FirmwareBlob blob -> blob(blob);
      case HandoffTables tables ->
          described(tables.tableDescription()) + count(tables.tableEntry().size(), "table");
      case DeviceSecurity device -> DeviceText.summary(device.event());
      case Opaque opaque -> Untrusted.hex(opaque.raw());
    };
  }

  private static String specId(SpecIdEvent spec) {
    String banks =
        spec.digestSizes().stream().map(EventText::algorithm).collect(Collectors.joining(" "));
    return "Spec ID %d.%d.%d, banks %s"
        .formatted(spec.specVersionMajor(), spec.specVersionMinor(), spec.specErrata(), banks);
  }

  private static String algorithm(AlgorithmSize size) {
    return HashAlgorithm.byTpmAlgId(size.algorithmId())
        .map(HashAlgorithm::label)
        .orElseGet(() -> "0x%04x".formatted(size.algorithmId()));
  }

  static VariableContent content(CheckedEvent event, UefiVariable variable) {
    return event.event().untrustedType() == TcgEventType.EV_EFI_VARIABLE_AUTHORITY
        ? variable.authority()
        : variable.content();
  }

  private static String variable(UefiVariable data, VariableContent content) {
    String name = Untrusted.printable(data.variable().unicodeName());
    String vendor = Guids.name(data.variable().variableName());
    boolean known = !vendor.equals(data.variable().variableName().toString());
    String trailing =
        data.trailing().isEmpty() ? "" : "  (%d bytes more)".formatted(data.trailing().size());
    return "%s%s = %s%s"
        .formatted(
            name, known ? "" : " of vendor " + vendor, VariableText.summary(content), trailing);
  }

  private static String separator(Separator separator) {
    String meaning =
        separator.value() == 0 || separator.value() == 0xffffffffL ? "" : "  (firmware error)";
    return "separator %08x%s".formatted(separator.value(), meaning);
  }

  private static String loader(CheckedEvent event, IplText ipl) {
    LoaderText kind = LoaderText.of(event.event().pcrIndex(), ipl);
    String text = Untrusted.printable(ipl.text());
    return switch (kind) {
      case STUB_SECTION -> {
        boolean name =
            event.checks().values().stream().allMatch(DigestCheck.Verified.class::isInstance);
        yield "section %s: its %s".formatted(text, name ? "name" : "content");
      }
      case LOADED_FILE, SHIM_VARIABLE -> "%s %s: its content".formatted(kind.label(), text);
      case GRUB_COMMAND,
          GRUB_KERNEL_COMMAND_LINE,
          GRUB_MODULE_COMMAND_LINE,
          LOADER_COMMAND_LINE,
          STUB_PARAMETER,
          STUB_EXTENSION,
          OTHER ->
          text;
    };
  }

  private static String tag(TaggedEvent tag) {
    String label = tag.tag().map(known -> known.label() + " ").orElse("");
    String text = tag.text().orElseGet(() -> Untrusted.hex(tag.taggedEventData()));
    return "tag %08x %s%s".formatted(tag.taggedEventId(), label, Untrusted.printable(text));
  }

  private static String image(BootServicesApplication image) {
    String path = image.path().map(DevicePath::text).orElse("no device path");
    return "%s  (%s bytes)"
        .formatted(Untrusted.printable(path), Long.toUnsignedString(image.imageLengthInMemory()));
  }

  private static String blob(FirmwareBlob blob) {
    return "%s0x%x bytes at 0x%x"
        .formatted(described(blob.blobDescription()), blob.blobLength(), blob.blobBase());
  }

  private static String count(int number, String what) {
    return "%d %s%s".formatted(number, what, number == 1 ? "" : "s");
  }

  private static String described(Bytes description) {
    return description.isEmpty() ? "" : Untrusted.textOrHex(description) + ": ";
  }
}
