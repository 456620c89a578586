// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import java.util.Set;

/**
 * The action strings of the TCG PC Client Platform Firmware Profile 1.06, "EV_ACTION Event Types"
 * and "EV_EFI_ACTION Event Types", and of the profile for BIOS before it.
 */
final class KnownActions {
  static final Set<String> TEXTS =
      Set.of(
          "Calling EFI Application from Boot Option",
          "Returning from EFI Application from Boot Option",
          "Exit Boot Services Invocation",
          "Exit Boot Services Returned with Failure",
          "Exit Boot Services Returned with Success",
          "UEFI Debug Mode",
          "DMA Protection Disabled",
          "Calling INT 19h",
          "Returned INT 19h",
          "Returned via INT 18h",
          "Start Option ROM Scan",
          "BOOT ATTEMPTS OMITTED",
          "Booting BCV Device",
          "Booting BEV device",
          "Entering ROM Based Setup",
          "User Password Entered",
          "Administrator Password Entered",
          "Password Failure",
          "Boot Sequence User Intervention",
          "Chassis Intrusion",
          "Non Fatal Error");

  private KnownActions() {}
}
