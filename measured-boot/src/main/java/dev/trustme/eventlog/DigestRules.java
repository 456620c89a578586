// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.eventlog.EventData.IplText;
import dev.trustme.eventlog.EventData.TaggedEvent;
import dev.trustme.eventlog.EventData.UefiVariable;
import java.util.Set;

/**
 * What firmware, loaders and kernels hash for each type of event. The specification's rule first;
 * where the field differs, a named quirk. Where the measured object is not in the log, the digest
 * says nothing of the data, even if somebody measured the data itself. Data of no bytes says
 * nothing, so it is never verified.
 */
final class DigestRules {
  private static final DigestCheck VERIFIED = new DigestCheck.Verified();
  private static final DigestCheck UNVERIFIABLE = new DigestCheck.Unverifiable();
  private static final DigestCheck MISMATCH = new DigestCheck.Mismatch();
  private static final Bytes INTEL_CSE = Bytes.utf8("IntelCSxEEvent01");
  private static final Bytes NUL = Bytes.zeros(1);
  private static final int GRUB_PCR = 8;
  private static final int FILES_PCR = 9;
  private static final int STUB_PCR = 11;
  private static final int STUB_PARAMETERS_PCR = 12;
  private static final int EXTENSIONS_PCR = 13;
  private static final int SHIM_PCR = 14;

  /** systemd-stub logs these in place of the archives that it measures. systemd-stub(7). */
  private static final Set<String> ARCHIVES =
      Set.of(
          "Credentials initrd",
          "Global credentials initrd",
          "System extension initrd",
          "Global system extension initrd",
          "Configuration extension initrd",
          "Global configuration extension initrd");

  private DigestRules() {}

  /** The digest held against the data of its event, which is decoded already. */
  static DigestCheck check(TcgPcrEvent2 event, EventData data, Digest digest) {
    return switch (event.untrustedType()) {
      case UnknownEventType unknown -> dataOr(UNVERIFIABLE, event, digest);
      case TcgEventType type -> check(type, event, data, digest);
    };
  }

  private static DigestCheck check(
      TcgEventType type, TcgPcrEvent2 event, EventData data, Digest digest) {
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
      case EV_EFI_VARIABLE_AUTHORITY -> authority(event, data, digest);
      case EV_EFI_VARIABLE_BOOT -> bootVariable(event, data, digest);
      case EV_EFI_VARIABLE_BOOT2 -> bootVariable2(event, data, digest);
      case EV_EVENT_TAG -> taggedEvent(event, data, digest);
      case EV_IPL -> ipl(event, data, digest);
      case EV_UNUSED,
          EV_PLATFORM_CONFIG_FLAGS,
          EV_TABLE_OF_DEVICES,
          EV_COMPACT_HASH,
          EV_IPL_PARTITION_DATA,
          EV_NONHOST_CONFIG,
          EV_OMIT_BOOT_DEVICE_EVENTS,
          EV_EFI_EVENT_BASE,
          EV_EFI_GPT_EVENT2,
          EV_EFI_SPDM_FIRMWARE_BLOB,
          EV_EFI_SPDM_FIRMWARE_CONFIG,
          EV_EFI_SPDM_DEVICE_POLICY,
          EV_EFI_SPDM_DEVICE_AUTHORITY ->
          dataOr(UNVERIFIABLE, event, digest);
      case EV_PREBOOT_CERT,
          EV_POST_CODE,
          EV_POST_CODE2,
          EV_S_CRTM_CONTENTS,
          EV_CPU_MICROCODE,
          EV_NONHOST_CODE,
          EV_EFI_BOOT_SERVICES_APPLICATION,
          EV_EFI_BOOT_SERVICES_DRIVER,
          EV_EFI_RUNTIME_SERVICES_DRIVER,
          EV_EFI_PLATFORM_FIRMWARE_BLOB,
          EV_EFI_PLATFORM_FIRMWARE_BLOB2,
          EV_EFI_HANDOFF_TABLES,
          EV_EFI_HANDOFF_TABLES2,
          EV_EFI_HCRTM_EVENT ->
          UNVERIFIABLE;
    };
  }

  private static boolean isHashOf(Digest digest, Bytes... data) {
    return digest.algorithm().digest(data).equals(digest);
  }

  private static DigestCheck dataOr(DigestCheck otherwise, TcgPcrEvent2 event, Digest digest) {
    return isHashOfData(event, digest) ? VERIFIED : otherwise;
  }

  private static boolean isHashOfData(TcgPcrEvent2 event, Digest digest) {
    return !event.event().isEmpty() && isHashOf(digest, event.event());
  }

  /** Old versions of shim log one byte more than they measure. */
  private static DigestCheck authority(TcgPcrEvent2 event, EventData data, Digest digest) {
    Bytes raw = event.event();
    boolean quirk =
        data instanceof UefiVariable variable
            && !variable.trailing().isEmpty()
            && isHashOf(digest, raw.slice(0, raw.size() - 1));
    return quirk
        ? new DigestCheck.VerifiedWithQuirk("authority-trailing-byte")
        : dataOr(MISMATCH, event, digest);
  }

  /**
   * The variable's data alone, so that its name is not covered; some firmware hashes the whole
   * structure.
   */
  private static DigestCheck bootVariable(TcgPcrEvent2 event, EventData data, Digest digest) {
    boolean alone =
        data instanceof UefiVariable variable
            && isHashOf(digest, variable.variable().variableData());
    if (alone) {
      return VERIFIED;
    }
    return isHashOfData(event, digest)
        ? new DigestCheck.VerifiedWithQuirk("boot-variable-whole")
        : MISMATCH;
  }

  /** The whole structure; firmware of before may hash the variable's data alone. */
  private static DigestCheck bootVariable2(TcgPcrEvent2 event, EventData data, Digest digest) {
    if (isHashOfData(event, digest)) {
      return VERIFIED;
    }
    boolean alone =
        data instanceof UefiVariable variable
            && isHashOf(digest, variable.variable().variableData());
    return alone ? new DigestCheck.VerifiedWithQuirk("boot-variable-data") : UNVERIFIABLE;
  }

  /** Linux and systemd measure the object that the tag names, not the tag. */
  private static DigestCheck taggedEvent(TcgPcrEvent2 event, EventData data, Digest digest) {
    boolean object = data instanceof TaggedEvent tag && tag.tag().isPresent();
    return object ? UNVERIFIABLE : dataOr(MISMATCH, event, digest);
  }

  private static DigestCheck ipl(TcgPcrEvent2 event, EventData data, Digest digest) {
    return switch (event.pcrIndex()) {
      case GRUB_PCR -> grub(event, data, digest);
      case STUB_PCR -> stubSection(data, digest);
      case STUB_PARAMETERS_PCR -> stubParameters(event, data, digest);
      case FILES_PCR, EXTENSIONS_PCR, SHIM_PCR -> UNVERIFIABLE;
      default -> dataOr(UNVERIFIABLE, event, digest);
    };
  }

  /** GRUB logs {@code grub_cmd: COMMAND} with a NUL and measures COMMAND, some versions with it. */
  private static DigestCheck grub(TcgPcrEvent2 event, EventData data, Digest digest) {
    Bytes raw = event.event();
    int start = LoaderText.grubArgument(raw);
    if (start < 0) {
      return oldLoader(event, data, digest);
    }
    int end = raw.size();
    while (end > start && raw.at(end - 1) == 0) {
      end--;
    }
    if (isHashOf(digest, raw.slice(start, end))) {
      return VERIFIED;
    }
    return end < raw.size() && isHashOf(digest, raw.slice(start, raw.size()))
        ? new DigestCheck.VerifiedWithQuirk("grub-measures-nul")
        : dataOr(MISMATCH, event, digest);
  }

  /**
   * systemd-boot before 251 measured the command line here, UTF-16 with its NUL, and logged one
   * byte less.
   */
  private static DigestCheck oldLoader(TcgPcrEvent2 event, EventData data, Digest digest) {
    boolean cut =
        data instanceof IplText
            && event.event().size() % 2 == 1
            && isHashOf(digest, event.event(), NUL);
    return cut
        ? new DigestCheck.VerifiedWithQuirk("command-line-cut-by-one")
        : dataOr(MISMATCH, event, digest);
  }

  /**
   * systemd-stub logs a section's UTF-16 name twice: for the digest of the ASCII name with its NUL,
   * and for that of the section's content.
   */
  private static DigestCheck stubSection(EventData data, Digest digest) {
    boolean name =
        data instanceof IplText text
            && !text.text().isEmpty()
            && isHashOf(digest, Bytes.utf8(text.text()), NUL);
    return name ? VERIFIED : UNVERIFIABLE;
  }

  private static DigestCheck stubParameters(TcgPcrEvent2 event, EventData data, Digest digest) {
    boolean archive = data instanceof IplText text && ARCHIVES.contains(text.text());
    return dataOr(archive ? UNVERIFIABLE : MISMATCH, event, digest);
  }
}
