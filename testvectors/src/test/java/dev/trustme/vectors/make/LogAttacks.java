// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What family eventlog has of logs alone, in whole judgements: boots that went another way, and
 * logs that were edited on the way to the verifier.
 */
final class LogAttacks {
  private final AttackVectors all;
  private final LogBuilder log;

  LogAttacks(AttackVectors all) {
    this.all = all;
    this.log = all.device.log;
  }

  void make() throws IOException, FormatException {
    boots();
    edits();
    conditional();
    restarts();
    nothing();
  }

  private void boots() throws IOException, FormatException {
    var early = image("early");
    boot(
        "l17c-program-before-boot-option",
        "a program runs before the boot option is announced",
        log.before("calling", early),
        "log-boot-order");
    boot(
        "l17d-program-after-handover",
        "a program runs after the firmware was left",
        log.after("exited", early),
        "log-boot-order");
    boot(
        "l22e-load-options-twice",
        "the kernel was given load options twice",
        log.after("load-options", renamed(log.entry("load-options"), "again")),
        "log-command-line");
    boot(
        "l23e-section-twice",
        "the command line's section was measured twice",
        log.after(".cmdline", renamed(log.entry(".cmdline"), "again"))
            .after(".cmdline", renamed(log.entry(".cmdline name"), "again name")),
        "log-sections");
    boot(
        "l23f-system-extension",
        "a system extension was measured into PCR 13",
        log.after(".initrd", Boots.entry(log, "sysext", 13, EV_IPL, utf16z("Extension initrd"))),
        "log-extensions");
    boot(
        "l03f-separator-twice",
        "PCR 3 was closed twice",
        log.after("separator-3", renamed(log.entry("separator-3"), "again")),
        "log-separators");
    boot(
        "l05c-secure-boot-late",
        "Secure Boot's state was measured after the separator",
        log.without("SecureBoot").after("separator-7", log.entry("SecureBoot")),
        "secure-boot");
  }

  private void edits() throws IOException, FormatException {
    shown(
        "l01d-type-hidden",
        "the boot image's entry says that it is unused",
        log.edit("uki", e -> e.withType(EV_UNUSED)),
        "log-types");
    shown(
        "l02b-image-as-blob",
        "the boot image's entry says that it is firmware",
        log.edit("uki", e -> e.withType(EV_EFI_PLATFORM_FIRMWARE_BLOB)),
        "log-types");
    shown(
        "l04c-data-edited",
        "the log says that Secure Boot was off, and its digest that it was on",
        log.edit("SecureBoot", e -> e.showing(variable(GLOBAL, "SecureBoot", OFF))),
        "log-digests");
    shown(
        "l07d-hidden-by-no-action",
        "the boot image's entry says that it extends nothing",
        log.edit("uki", e -> e.withType(EV_NO_ACTION)),
        "log-replay");
    shown(
        "l15b-banks-disagree",
        "the SHA-1 bank was extended with another boot variable",
        log.edit(
            "BootOrder", e -> e.otherwiseIn(HashAlgorithm.SHA1.tpmAlgId(), Bytes.fromHex("0100"))),
        "log-other-banks");
  }

  /** Odd boots that a policy may take. */
  private void conditional() throws IOException, FormatException {
    var silent = all.device.with(e -> e.log = log.without("exit").without("exited"));
    all.maker.reject(
        all.good,
        "l18a-no-handover",
        "the firmware never said that it was left",
        "evidence",
        silent.evidence(),
        "log-exit-boot-services");
    String policy = AttackVectors.POLICY + "tolerate: [log-exit-boot-services]\n";
    all.maker.acceptFiles(
        all.good,
        "l18b-no-handover-taken",
        "the firmware never said that it was left, which the policy takes for a warning",
        Map.of("policy", Bytes.utf8(policy), "evidence", silent.evidence()));
  }

  /** The TPM's counters when the logs were read, beside those of the quote. */
  private void restarts() throws IOException, FormatException {
    String policy = AttackVectors.POLICY.replace("clock: safe}", "clock: safe, logs: same-boot}");
    var told = all.device.with(e -> e.readClock = Optional.of(new Evidence.Clock(3, 0)));
    var good =
        all.maker.acceptFiles(
            all.good,
            "good-same-boot",
            "the logs were read in the boot that was quoted, as the policy asks",
            Map.of("policy", Bytes.utf8(policy), "evidence", told.evidence()));
    restart(good, "q16a-reset-between", "the TPM was reset between log and quote", 2, 0);
    restart(good, "q16b-restart-after", "the TPM was restarted after the quote", 3, 1);
    all.maker.reject(
        good,
        "q16c-clock-unknown",
        "the evidence does not say when its logs were read",
        "evidence",
        all.device.evidence(),
        "log-boot");
  }

  private void restart(Vector good, String id, String comment, long resets, long restarts)
      throws IOException, FormatException {
    var clock = new Evidence.Clock(resets, restarts);
    all.maker.reject(
        good,
        id,
        comment,
        "evidence",
        all.device.with(e -> e.readClock = Optional.of(clock)).evidence(),
        "log-boot");
  }

  /** Evidence that leaves out what would be checked. */
  private void nothing() throws IOException, FormatException {
    all.attack(
        "p04a-no-values",
        "no PCR value is claimed",
        e -> e.claimEdit = values -> new TreeMap<>(),
        "quote-pcr-values");
    all.attack(
        "p04b-no-log", "the event log is empty", e -> e.shownLog = Optional.of(Bytes.empty()), "");
    all.maker.reject(
        all.good,
        "p04c-no-evidence",
        "evidence without any content",
        "evidence",
        Bytes.utf8("{}"),
        "evidence: ");
    all.maker.reject(
        all.good,
        "p01b-evidence-compressed",
        "evidence that is a gzip file: nothing is unpacked",
        "evidence",
        Bytes.fromHex("1f8b08000000000000ff"),
        "evidence: ");
    all.attack(
        "p01c-log-says-more",
        "an event that says that it has four gigabytes",
        e -> e.shownLog = Optional.of(huge()),
        "");
  }

  private Bytes huge() {
    Bytes raw = log.build();
    int size = log.offset("version") + 12 + 2 + 20 + 2 + 32;
    return Bytes.concat(
        raw.slice(0, size), Bytes.fromHex("ffffffff"), raw.slice(size + 4, raw.size()));
  }

  private void boot(String id, String comment, LogBuilder other, String check)
      throws IOException, FormatException {
    all.attack(id, comment, e -> e.log = other, check);
  }

  /** The device measured one log, and shows another. */
  private void shown(String id, String comment, LogBuilder other, String check)
      throws IOException, FormatException {
    all.attack(id, comment, e -> e.shownLog = Optional.of(other.build()), check);
  }

  private Entry image(String label) {
    return new Entry(
        label,
        4,
        EV_EFI_BOOT_SERVICES_APPLICATION.value(),
        imageLoad("\\" + label + ".efi"),
        Boots.object(label),
        log.entry("uki").banks());
  }

  private static Entry renamed(Entry entry, String label) {
    return new Entry(
        label, entry.pcr(), entry.type(), entry.data(), entry.measured(), entry.banks());
  }
}
