// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.UefiVariableData;
import java.util.ArrayList;
import java.util.List;

/** The events of one boot in the order in which they are measured. */
final class EventSequence {
  static final int BOOT_MANAGER = 4;
  static final int SECURE_BOOT = 7;

  private final List<Measured> events = new ArrayList<>();

  void add(Measured event) {
    events.add(event);
  }

  void add(int pcr, TcgEventType type, String name, String component, Bytes content) {
    events.add(Measured.of(pcr, type, name, component, content));
  }

  /** UEFI_VARIABLE_DATA into PCR 7. */
  void variable(TcgEventType type, EfiGuid guid, String name, String component, Bytes data) {
    add(SECURE_BOOT, type, name, component, new UefiVariableData(guid, name, data).encode());
  }

  /** The Authenticode digest into PCR 4. */
  void image(String component, PeImage image) {
    events.add(
        new Measured(
            BOOT_MANAGER,
            TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION.name(),
            component + " image",
            component,
            image::authenticodeDigest));
  }

  List<Measured> events() {
    return List.copyOf(events);
  }
}
