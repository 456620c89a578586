// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.CheckedEvent;
import dev.trustme.eventlog.EventData;
import dev.trustme.eventlog.EventData.ConfigurationTable;
import dev.trustme.eventlog.EventData.DeviceSecurity;
import dev.trustme.eventlog.EventData.GptEvent;
import dev.trustme.eventlog.EventData.HandoffTables;
import dev.trustme.eventlog.EventData.Locator;
import dev.trustme.eventlog.EventData.NvIndexInstance;
import dev.trustme.eventlog.EventData.Opaque;
import dev.trustme.eventlog.EventData.PlatformId;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.eventlog.EventData.Unparsed;
import dev.trustme.uefi.GptPartition;
import java.util.ArrayList;
import java.util.List;

/** What stands beneath an event's line. */
public final class EventDetails {
  private EventDetails() {}

  /** Lines safe on a terminal; with {@code all}, every hash and the bytes that are not decoded. */
  public static List<String> of(CheckedEvent event, boolean all) {
    List<String> lines = new ArrayList<>();
    if (!event.banksAgree()) {
      lines.add("the banks disagree: one digest fits this content, another does not");
    }
    lines.addAll(of(event, event.untrustedData(), all));
    return lines;
  }

  private static List<String> of(CheckedEvent event, EventData data, boolean all) {
    return switch (data) {
      case UefiVariable variable -> VariableText.details(EventText.content(event, variable), all);
      case GptEvent gpt -> gpt.table().partitions().stream().map(EventDetails::partition).toList();
      case HandoffTables tables -> tables.tableEntry().stream().map(EventDetails::table).toList();
      case DeviceSecurity device -> DeviceText.details(device.event());
      case NvIndexInstance instance -> DeviceText.details(instance.data());
      case PlatformId platform -> platform.locators().stream().map(EventDetails::locator).toList();
      case Opaque opaque -> dump(opaque.raw(), all);
      case Unparsed unparsed -> dump(unparsed.raw(), all);
      case EventData.NoAction noAction -> List.of();
      case EventData.Firmware firmware -> List.of();
      case EventData.Separator separator -> List.of();
      case EventData.ActionText action -> List.of();
      case EventData.IplText text -> List.of();
      case EventData.TaggedEvent tag -> List.of();
      case EventData.TaggedEvents tags -> List.of();
      case EventData.BootServicesApplication image -> List.of();
    };
  }

  private static List<String> dump(Bytes raw, boolean all) {
    return all ? Untrusted.dump(raw) : List.of();
  }

  private static String partition(GptPartition partition) {
    return "%s  %s  blocks %s to %s  %s"
        .formatted(
            Untrusted.quoted(partition.partitionName()),
            partition.typeName(),
            Long.toUnsignedString(partition.startingLba()),
            Long.toUnsignedString(partition.endingLba()),
            partition.uniquePartitionGuid());
  }

  private static String table(ConfigurationTable table) {
    return "%s  at 0x%x".formatted(Guids.name(table.vendorGuid()), table.vendorTable());
  }

  private static String locator(Locator locator) {
    return locator.type() == 2
        ? "locator  " + DeviceText.path(locator.value())
        : "locator  " + Untrusted.textOrHex(locator.value());
  }
}
