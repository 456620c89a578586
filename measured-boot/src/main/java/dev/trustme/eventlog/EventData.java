// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.UefiVariableData;
import java.util.List;

/** What an event's data says. Data that is not what its type promises is a case, not an error. */
public sealed interface EventData {

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
      implements EventData {
    public SpecIdEvent {
      digestSizes = List.copyOf(digestSizes);
    }
  }

  /** TCG_EfiSpecIdEventAlgorithmSize: a TPM_ALG_ID and its digest size in bytes. */
  record AlgorithmSize(int algorithmId, int digestSize) {}

  /** TCG_EfiStartupLocalityEvent: the locality of TPM2_Startup, which is PCR 0's start value. */
  record StartupLocality(int startupLocality) implements EventData {}

  /**
   * A measured UEFI variable.
   *
   * @param trailing what old versions of shim append; mostly empty
   */
  record UefiVariable(UefiVariableData variable, Bytes trailing) implements EventData {}

  /** 00000000 or FFFFFFFF; anything else reports an error of the firmware. */
  record Separator(long value) implements EventData {}

  /** An EV_ACTION or EV_EFI_ACTION string, ASCII. */
  record ActionText(String text) implements EventData {}

  /** Text of a boot loader or stub: a GRUB command, a section's name, a command line. */
  record IplText(String text) implements EventData {}

  /** TCG_PCClientTaggedEvent. */
  record TaggedEvent(long taggedEventId, Bytes taggedEventData) implements EventData {
    /** Linux: the load options of the kernel's image. drivers/firmware/efi/libstub/efistub.h. */
    public static final long LOAD_OPTIONS_EVENT_TAG_ID = 0x8f3b22edL;

    /** Linux: the initrd. drivers/firmware/efi/libstub/efistub.h. */
    public static final long INITRD_EVENT_TAG_ID = 0x8f3b22ecL;
  }

  /** UEFI_IMAGE_LOAD_EVENT of an application or driver; addresses and lengths in bytes. */
  record BootServicesApplication(
      long imageLocationInMemory,
      long imageLengthInMemory,
      long imageLinkTimeAddress,
      Bytes devicePath)
      implements EventData {}

  /** Bytes that are not decoded, and why. */
  record Unparsed(Bytes raw, String reason) implements EventData {}
}
