// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.DeviceSecurityEvent;
import dev.trustme.eventlog.DeviceSecurityEvent.CertificateChain;
import dev.trustme.eventlog.DeviceSecurityEvent.Measurement;
import dev.trustme.eventlog.DeviceSecurityEvent.Measurements;
import dev.trustme.eventlog.DeviceSecurityEvent.OtherContext;
import dev.trustme.eventlog.DeviceSecurityEvent.OtherSubHeader;
import dev.trustme.eventlog.DeviceSecurityEvent.PciContext;
import dev.trustme.eventlog.EventData.PlatformId;
import dev.trustme.uefi.DevicePath;
import java.util.ArrayList;
import java.util.List;

/** What devices and platforms say of themselves, in words. */
final class DeviceText {
  private static final List<String> DEVICE_TYPES =
      List.of("no device", "a PCI device", "a USB device");

  private DeviceText() {}

  static String summary(DeviceSecurityEvent event) {
    String what =
        switch (event.subHeader()) {
          case Measurements blocks -> blocks.blocks().size() + " SPDM measurements";
          case CertificateChain chain ->
              "SPDM certificate chain of slot %d, %d bytes"
                  .formatted(chain.slotId(), chain.chain().size());
          case OtherSubHeader other -> "SPDM sub header %d".formatted(other.type());
        };
    return "%s of %s, %s".formatted(what, device(event), authState(event));
  }

  private static String device(DeviceSecurityEvent event) {
    return switch (event.deviceContext()) {
      case PciContext pci -> "PCI device %04x:%04x".formatted(pci.vendorId(), pci.deviceId());
      case OtherContext other ->
          event.deviceType() < DEVICE_TYPES.size()
              ? DEVICE_TYPES.get(Math.toIntExact(event.deviceType()))
              : "device type %d".formatted(event.deviceType());
    };
  }

  private static String authState(DeviceSecurityEvent event) {
    if (event.version() == 1) {
      return "authentication not told";
    }
    return switch (event.authState()) {
      case 0 -> "authenticated";
      case 1 -> "not authenticated";
      case 2 -> "measurements not bound";
      case 3 -> "no signature";
      case 4 -> "invalid signature";
      case 0xff -> "no SPDM";
      default -> "state 0x%02x".formatted(event.authState());
    };
  }

  static List<String> details(DeviceSecurityEvent event) {
    List<String> lines = new ArrayList<>();
    if (!event.devicePath().isEmpty()) {
      lines.add("path  " + path(event.devicePath()));
    }
    if (event.subHeader() instanceof Measurements measurements) {
      for (Measurement block : measurements.blocks()) {
        lines.add("measurement %d  %s".formatted(block.index(), block.measurement().hex()));
      }
    }
    return lines;
  }

  static String path(Bytes encoded) {
    try {
      return Untrusted.printable(DevicePath.parse(encoded).text());
    } catch (FormatException e) {
      return Untrusted.hex(encoded);
    }
  }

  static String platform(PlatformId platform) {
    String names =
        platform.platform().stream()
            .map(p -> "%s %s %s".formatted(p.manufacturer(), p.model(), p.version()))
            .map(Untrusted::printable)
            .findFirst()
            .orElse("");
    return "platform %s reference manifest %s"
        .formatted(names, platform.referenceManifestGuid())
        .replace("  ", " ");
  }
}
