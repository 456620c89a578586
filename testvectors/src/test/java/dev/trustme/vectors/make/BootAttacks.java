// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;

import dev.trustme.bytes.Bytes;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;

/** Honest logs of boots that went another way than they may. */
final class BootAttacks {
  private final LogTwins twins;
  private final LogBuilder uki;

  BootAttacks(LogTwins twins) {
    this.twins = twins;
    this.uki = twins.log("uki");
  }

  void make() throws IOException {
    var early = image("early");
    twins.judged(
        "uki-measured",
        "l17a-program-before-boot-option",
        "an EFI program before the boot option is announced",
        uki.before("calling", early),
        "log-boot-order",
        "early");
    twins.judged(
        "uki-measured",
        "l17b-program-after-handover",
        "an EFI program after the firmware was left",
        uki.after("exited", early),
        "log-boot-order",
        "early");
    var grub = twins.log("grub");
    String text = "/vmlinuz " + Boots.COMMAND_LINE;
    var second =
        Boots.entry(grub, "second", 8, EV_IPL, Bytes.utf8("kernel_cmdline: " + text + "\0"));
    twins.judged(
        "grub-measured",
        "l22a-command-line-twice",
        "GRUB measured two kernel command lines",
        grub.after("kernel_cmdline", second.showingFor(Bytes.utf8(text))),
        "log-command-line",
        "second");
    twins.judged(
        "grub-measured",
        "l22b-command-line-injected",
        "measured was 'init=/bin/sh' behind the shown command line",
        "kernel_cmdline",
        e -> e.showingFor(Bytes.utf8(text + " init=/bin/sh")),
        "log-digests");
    var options = uki.entry("load-options");
    twins.judged(
        "uki-measured",
        "l22c-load-options-twice",
        "the kernel was given load options twice",
        uki.after("load-options", renamed(options, "again")),
        "log-command-line",
        "again");
    sections();
  }

  private void sections() throws IOException {
    var all = twins.log("uki-all-sections");
    twins.judged(
        "uki-measured",
        "l23a-section-order",
        "the command line measured before the kernel",
        uki.without(".cmdline name")
            .without(".cmdline")
            .before(".linux name", uki.entry(".cmdline"))
            .before(".cmdline", uki.entry(".cmdline name")),
        "log-sections",
        ".linux name");
    twins.judged(
        "uki-all-sections-measured",
        "l23b-profile-twice",
        "two .profile sections measured",
        all.after(".profile", renamed(all.entry(".profile"), "second"))
            .after(".profile", renamed(all.entry(".profile name"), "second name")),
        "log-sections",
        "second name");
    var extension = Boots.entry(uki, "sysext", 13, EV_IPL, utf16z("Credentials initrd"));
    twins.judged(
        "uki-measured",
        "l23c-system-extension",
        "the stub measured a system extension into PCR 13",
        uki.after(".initrd", extension),
        "log-extensions",
        "sysext");
    twins.judged(
        "uki-measured",
        "l23d-section-without-name",
        "a section's content without its name",
        uki.without(".osrel name"),
        "log-sections",
        ".osrel");
  }

  private Entry image(String label) {
    return new Entry(
        label,
        4,
        EV_EFI_BOOT_SERVICES_APPLICATION.value(),
        imageLoad("\\" + label + ".efi"),
        Boots.object(label),
        uki.entry("uki").banks());
  }

  private static Entry renamed(Entry entry, String label) {
    return new Entry(
        label, entry.pcr(), entry.type(), entry.data(), entry.measured(), entry.banks());
  }
}
