// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import java.util.Arrays;
import java.util.Optional;

/**
 * Tags of EV_EVENT_TAG events and what their digest is taken of. Linux,
 * drivers/firmware/efi/libstub/efistub.h; systemd, src/fundamental/tpm2-pcr.h.
 */
public enum EventTag {
  LINUX_LOAD_OPTIONS(0x8f3b22edL, "Linux: load options"),
  LINUX_INITRD(0x8f3b22ecL, "Linux: initrd"),
  LOADER_CONF(0xf5bc582aL, "systemd-boot: loader.conf"),
  DEVICETREE_ADDON(0x6c46f751L, "systemd-stub: devicetree addon"),
  INITRD_ADDON(0x49dffe0fL, "systemd-stub: initrd addon"),
  UCODE_ADDON(0xdac08e1aL, "systemd-stub: microcode addon"),
  UKI_PROFILE(0x13aed6dbL, "systemd-stub: profile"),
  SMBIOS_TYPE1(0xd5cb7cbcL, "systemd-stub: SMBIOS type 1"),
  SMBIOS_TYPE2(0xe0d47bc8L, "systemd-stub: SMBIOS type 2"),
  SMBIOS_TYPE11(0xc0b3bd23L, "systemd-stub: SMBIOS type 11");

  private final long id;
  private final String label;

  EventTag(long id, String label) {
    this.id = id;
    this.label = label;
  }

  static Optional<EventTag> of(long id) {
    return Arrays.stream(values()).filter(tag -> tag.id == id).findFirst();
  }

  /** taggedEventID, 32 bits unsigned. */
  public long id() {
    return id;
  }

  /** Who measures what, for people. */
  public String label() {
    return label;
  }
}
