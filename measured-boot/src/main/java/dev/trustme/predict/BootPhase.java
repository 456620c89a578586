// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A moment of the boot, by the words that userspace has measured into PCR 11 until then, joined by
 * colons as systemd-measure(1) writes them: {@code enter-initrd:leave-initrd}. {@code kernel} is
 * before the first of them. systemd-pcrphase.service(8): each word is measured as it is, without
 * NUL.
 */
public record BootPhase(String name) {
  private static final int PCR = 11;
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9][a-z0-9-]{0,63}(:[a-z0-9][a-z0-9-]{0,63}){0,15}");

  /** After firmware, stub and the kernel's own EFI stub. */
  public static final BootPhase KERNEL = new BootPhase("kernel");

  public BootPhase {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "phase: expected words joined by colons, such as enter-initrd:leave-initrd, found "
              + name);
    }
  }

  List<Measured> events() {
    List<Measured> events = new ArrayList<>();
    if (!equals(KERNEL)) {
      for (String word : name.split(":", -1)) {
        var text = Bytes.utf8(word);
        events.add(new Measured(PCR, "systemd-phase", word, "phase", bank -> bank.digest(text)));
      }
    }
    return events;
  }

  @Override
  public String toString() {
    return name;
  }
}
