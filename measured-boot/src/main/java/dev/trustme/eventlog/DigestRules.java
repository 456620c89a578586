// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;

/**
 * What firmware, loaders and kernels hash for each type of event. The specification's rule first;
 * where the field differs, a named quirk. Types without a rule are unverifiable, unless the digest
 * happens to be the hash of the data.
 */
final class DigestRules {
  private static final DigestCheck VERIFIED = new DigestCheck.Verified();
  private static final DigestCheck UNVERIFIABLE = new DigestCheck.Unverifiable();
  private static final DigestCheck MISMATCH = new DigestCheck.Mismatch();
  private static final Bytes INTEL_CSE = Bytes.utf8("IntelCSxEEvent01");
  private static final int GRUB_PCR = 8;
  private static final int STUB_PCR = 11;
  private static final int STUB_PARAMETERS_PCR = 12;

  private DigestRules() {}

  static DigestCheck check(TcgPcrEvent2 event, Digest digest) {
    return switch (event.untrustedType()) {
      case UnknownEventType unknown -> dataOr(UNVERIFIABLE, event, digest);
      case TcgEventType type -> check(type, event, digest);
    };
  }

  private static DigestCheck check(TcgEventType type, TcgPcrEvent2 event, Digest digest) {
    return switch (type) {
      case EV_NO_ACTION -> digest.value().isAllZero() ? UNVERIFIABLE : MISMATCH;
      case EV_SEPARATOR,
          EV_ACTION,
          EV_EFI_ACTION,
          EV_EFI_VARIABLE_DRIVER_CONFIG,
          EV_EFI_GPT_EVENT,
          EV_S_CRTM_VERSION ->
          dataOr(MISMATCH, event, digest);
      case EV_NONHOST_INFO ->
          dataOr(event.event().startsWith(INTEL_CSE) ? UNVERIFIABLE : MISMATCH, event, digest);
      case EV_EFI_VARIABLE_AUTHORITY -> authority(event, digest);
      case EV_EFI_VARIABLE_BOOT -> bootVariable(event, digest);
      case EV_EVENT_TAG -> taggedEvent(event, digest);
      case EV_IPL -> ipl(event, digest);
      case EV_PREBOOT_CERT,
          EV_POST_CODE,
          EV_UNUSED,
          EV_S_CRTM_CONTENTS,
          EV_CPU_MICROCODE,
          EV_PLATFORM_CONFIG_FLAGS,
          EV_TABLE_OF_DEVICES,
          EV_COMPACT_HASH,
          EV_IPL_PARTITION_DATA,
          EV_NONHOST_CODE,
          EV_NONHOST_CONFIG,
          EV_OMIT_BOOT_DEVICE_EVENTS,
          EV_POST_CODE2,
          EV_EFI_EVENT_BASE,
          EV_EFI_BOOT_SERVICES_APPLICATION,
          EV_EFI_BOOT_SERVICES_DRIVER,
          EV_EFI_RUNTIME_SERVICES_DRIVER,
          EV_EFI_PLATFORM_FIRMWARE_BLOB,
          EV_EFI_HANDOFF_TABLES,
          EV_EFI_PLATFORM_FIRMWARE_BLOB2,
          EV_EFI_HANDOFF_TABLES2,
          EV_EFI_VARIABLE_BOOT2,
          EV_EFI_GPT_EVENT2,
          EV_EFI_HCRTM_EVENT,
          EV_EFI_SPDM_FIRMWARE_BLOB,
          EV_EFI_SPDM_FIRMWARE_CONFIG,
          EV_EFI_SPDM_DEVICE_POLICY,
          EV_EFI_SPDM_DEVICE_AUTHORITY ->
          dataOr(UNVERIFIABLE, event, digest);
    };
  }

  private static boolean isHashOf(Digest digest, Bytes data) {
    return digest.algorithm().digest(data).equals(digest);
  }

  private static DigestCheck dataOr(DigestCheck otherwise, TcgPcrEvent2 event, Digest digest) {
    return isHashOf(digest, event.event()) ? VERIFIED : otherwise;
  }

  /** Old versions of shim log one byte more than they measure. */
  private static DigestCheck authority(TcgPcrEvent2 event, Digest digest) {
    Bytes data = event.event();
    boolean quirk =
        event.untrustedData() instanceof UefiVariable variable
            && !variable.trailing().isEmpty()
            && isHashOf(digest, data.slice(0, data.size() - 1));
    return quirk
        ? new DigestCheck.VerifiedWithQuirk("authority-trailing-byte")
        : dataOr(MISMATCH, event, digest);
  }

  /** The variable's data alone; some firmware hashes the whole structure. */
  private static DigestCheck bootVariable(TcgPcrEvent2 event, Digest digest) {
    boolean data =
        event.untrustedData() instanceof UefiVariable variable
            && isHashOf(digest, variable.variable().variableData());
    return data
        ? VERIFIED
        : isHashOf(digest, event.event())
            ? new DigestCheck.VerifiedWithQuirk("boot-variable-whole")
            : MISMATCH;
  }

  /** Linux's EFI stub measures the object that the tag names, not the tag. */
  private static DigestCheck taggedEvent(TcgPcrEvent2 event, Digest digest) {
    boolean linux =
        event.untrustedData() instanceof TaggedEvent tag
            && (tag.taggedEventId() == TaggedEvent.LOAD_OPTIONS_EVENT_TAG_ID
                || tag.taggedEventId() == TaggedEvent.INITRD_EVENT_TAG_ID);
    return dataOr(linux ? UNVERIFIABLE : MISMATCH, event, digest);
  }

  private static DigestCheck ipl(TcgPcrEvent2 event, Digest digest) {
    return switch (event.pcrIndex()) {
      case GRUB_PCR -> grub(event, digest);
      case STUB_PCR -> stubSection(event, digest);
      case STUB_PARAMETERS_PCR -> dataOr(MISMATCH, event, digest);
      default -> dataOr(UNVERIFIABLE, event, digest);
    };
  }

  /** GRUB logs {@code grub_cmd: COMMAND} with a NUL and measures COMMAND, some versions with it. */
  private static DigestCheck grub(TcgPcrEvent2 event, Digest digest) {
    Bytes data = event.event();
    int start = 0;
    while (start < data.size() && data.at(start) != ' ') {
      start++;
    }
    int end = data.size();
    while (end > start && data.at(end - 1) == 0) {
      end--;
    }
    if (start == data.size()) {
      return dataOr(MISMATCH, event, digest);
    }
    if (isHashOf(digest, data.slice(start + 1, Math.max(start + 1, end)))) {
      return VERIFIED;
    }
    return isHashOf(digest, data.slice(start + 1, data.size()))
        ? new DigestCheck.VerifiedWithQuirk("grub-measures-nul")
        : dataOr(MISMATCH, event, digest);
  }

  /**
   * systemd-stub logs a section's UTF-16 name twice: for the digest of the ASCII name with its NUL,
   * and for that of the section's content.
   */
  private static DigestCheck stubSection(TcgPcrEvent2 event, Digest digest) {
    boolean name =
        event.untrustedData() instanceof IplText text
            && isHashOf(digest, Bytes.utf8(text.text() + "\0"));
    return name ? VERIFIED : dataOr(UNVERIFIABLE, event, digest);
  }
}
