// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.PeImage;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * What Linux's own EFI stub measures into PCR 9: its load options, UTF-16LE with a NUL, then the
 * initrd. Linux, drivers/firmware/efi/libstub/efi-stub-helper.c; seen so on 6.1 and 6.12.
 */
final class KernelEvents {
  private static final int PCR = 9;
  private static final int SETUP_MAGIC_OFFSET = 0x202;
  private static final int VERSION_OFFSET = 0x20e;
  private static final int VERSION_BASE = 0x200;
  private static final Pattern VERSION = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,4})[.-].*");
  private static final int OLDEST_MAJOR = 6;
  private static final int OLDEST_MINOR = 1;

  private KernelEvents() {}

  /** An empty initrd is none. */
  static void add(EventSequence events, String component, String options, Bytes initrd) {
    events.add(
        PCR,
        TcgEventType.EV_EVENT_TAG,
        "LOADED_IMAGE::LoadOptions",
        component,
        SystemdBootLoader.utf16(options));
    if (!initrd.isEmpty()) {
      events.add(PCR, TcgEventType.EV_EVENT_TAG, "Linux initrd", component, initrd);
    }
  }

  /**
   * Refuses an x86 kernel older than 6.1, which measures less. Kernels of other machines do not say
   * their version where it could be read. Linux/x86 boot protocol, {@code header} and {@code
   * kernel_version}.
   */
  static void requireMeasures(ByteBuffer kernel) throws FormatException {
    if (!text(kernel, SETUP_MAGIC_OFFSET, 4).equals("HdrS")) {
      return;
    }
    int pointer = BinaryReader.littleEndian(kernel, "kernel").at("kernel", VERSION_OFFSET).u16();
    var version = VERSION.matcher(text(kernel, VERSION_BASE + pointer, 64));
    if (!version.matches()) {
      throw new FormatException("kernel", VERSION_BASE + pointer, "names no version of Linux");
    }
    int major = Integer.parseInt(version.group(1));
    if (major < OLDEST_MAJOR
        || (major == OLDEST_MAJOR && Integer.parseInt(version.group(2)) < OLDEST_MINOR)) {
      throw new FormatException(
          "kernel",
          VERSION_BASE + pointer,
          "Linux %s.%s: what it measures is not known here; 6.1 or later is needed"
              .formatted(version.group(1), version.group(2)));
    }
  }

  static void requireMeasures(PeImage kernel) throws FormatException {
    requireMeasures(kernel.file());
  }

  private static String text(ByteBuffer kernel, int offset, int count) {
    int from = Math.min(offset, kernel.limit());
    int size = Math.min(count, kernel.limit() - from);
    return Bytes.copyOf(kernel.slice(from, size)).utf8();
  }
}
