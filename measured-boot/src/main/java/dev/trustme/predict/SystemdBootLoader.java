// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.PeImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * What systemd's boot loader measures into PCR 12: the command line that it gives to what it
 * starts, UTF-16LE with a NUL. Up to 254 that includes the command line of a unified kernel image;
 * 257 gives none to an image. It joins several initrds: up to 254 as they are, from 257 each but
 * the last padded to 4 bytes. Seen so in boots of 252, 254 and 257.
 */
record SystemdBootLoader(LoaderInfo info) {
  private static final int PCR = 12;
  private static final Set<Integer> MAJORS = Set.of(252, 254, 257);
  private static final int WITHOUT_IMAGE_OPTIONS = 257;
  private static final int PADS_INITRDS = 257;

  static SystemdBootLoader of(PeImage image) throws FormatException {
    var info = LoaderInfo.of(image, LoaderInfo.BOOT);
    if (!MAJORS.contains(info.major())) {
      throw SystemdStub.unknownVersion(info, MAJORS);
    }
    return new SystemdBootLoader(info);
  }

  void startImage(EventSequence events, String commandLine) {
    if (info.major() < WITHOUT_IMAGE_OPTIONS && !commandLine.isEmpty()) {
      options(events, "uki", commandLine);
    }
  }

  void startKernel(EventSequence events, String loadOptions) {
    if (!loadOptions.isEmpty()) {
      options(events, "kernel", loadOptions);
    }
  }

  private static void options(EventSequence events, String started, String text) {
    events.add(PCR, TcgEventType.EV_IPL, "command line", started, utf16(text));
  }

  static Bytes utf16(String text) {
    return Bytes.copyOf((text + "\0").getBytes(StandardCharsets.UTF_16LE));
  }

  Bytes joined(List<Bytes> initrds) {
    Bytes all = Bytes.empty();
    for (Bytes initrd : initrds) {
      int padding = info.major() < PADS_INITRDS ? 0 : -all.size() & 3;
      all = Bytes.concat(all, Bytes.zeros(padding), initrd);
    }
    return all;
  }
}
