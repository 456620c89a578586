// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.attest.FirmwareEvents;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Boots that are measured as they were, and are not the release's or the enrolled firmware's. */
final class PlatformAttacks {
  private final AttackVectors all;
  private final LogBuilder log;

  PlatformAttacks(AttackVectors all) {
    this.all = all;
    this.log = all.device.log;
  }

  void make() throws IOException, FormatException {
    firmware();
    secureBoot();
    floors();
    shown();
    predicted();
    policies();
  }

  /** The device boots this; firmware that is not about it is enrolled as it is. */
  private void boots(String id, String comment, LogBuilder other, String check)
      throws IOException, FormatException {
    all.attack(id, comment, e -> e.log = other, check);
  }

  private void edited(
      String id, String comment, String label, UnaryOperator<Entry> edit, String check)
      throws IOException, FormatException {
    boots(id, comment, log.edit(label, edit), check);
  }

  private void firmware() throws IOException, FormatException {
    UnaryOperator<EnrolmentRecord> before = enrolledBefore();
    var other = log.edit("dxe", e -> e.showingFor(Boots.object("another DXE")));
    changedFirmware("l26a-firmware-changed", "the firmware is another", other, before);
    changedFirmware(
        "l26b-firmware-less",
        "the firmware measured one thing less",
        log.without("tables"),
        before);
    changedFirmware(
        "l26c-firmware-more",
        "the firmware measured one thing more",
        log.after("tables", Boots.entry(log, "more", 1, EV_NONHOST_INFO, Bytes.utf8("more"))),
        before);
    changedFirmware(
        "l26d-other-locality",
        "the TPM was started at another locality",
        log.before("version", Boots.silent(log, "locality", 0, startupLocality(3))),
        before);
    all.attack(
        "l26e-no-firmware-enrolled",
        "the record has no events of the firmware",
        e -> e.recordEdit = r -> withFirmware(r, Optional.empty()),
        "firmware-events");
    boots(
        "l26f-option-rom",
        "a driver of a card was started, and enrolled",
        log.before(
            "separator-2",
            new Entry(
                "rom",
                2,
                EV_EFI_BOOT_SERVICES_DRIVER.value(),
                imageLoad("\\rom.efi"),
                Boots.object("rom"),
                log.entry("uki").banks())),
        "option-roms");
    var tolerant =
        all.maker.accept(
            all.good,
            "good-tolerated",
            "a policy that would warn of other firmware",
            "policy",
            Bytes.utf8(AttackVectors.POLICY + "tolerate: [firmware-events]\n"));
    all.maker.accept(
        tolerant,
        "good-tolerated-firmware",
        "the firmware is another, which the policy takes for a warning",
        "evidence",
        all.device
            .with(e -> {
              e.log = other;
              e.recordEdit = before;
            })
            .evidence());
  }

  /** The record of the device's first day. */
  private UnaryOperator<EnrolmentRecord> enrolledBefore() throws FormatException {
    var firmware = EnrolmentRecord.parse(all.device.enrolment().payload()).firmware();
    return r -> withFirmware(r, firmware);
  }

  private void changedFirmware(
      String id, String comment, LogBuilder other, UnaryOperator<EnrolmentRecord> before)
      throws IOException, FormatException {
    all.attack(
        id,
        comment,
        e -> {
          e.log = other;
          e.recordEdit = before;
        },
        "firmware-events");
  }

  private static EnrolmentRecord withFirmware(
      EnrolmentRecord old, Optional<FirmwareEvents> firmware) {
    return new EnrolmentRecord(
        old.schema(),
        old.device(),
        old.enrolled(),
        old.tpm(),
        old.ek(),
        old.ak(),
        old.identity(),
        firmware,
        old.replaces());
  }

  private void secureBoot() throws IOException, FormatException {
    for (String mode : new String[] {"SetupMode", "AuditMode"}) {
      boots(
          mode.equals("SetupMode") ? "l27a-setup-mode" : "l27b-audit-mode",
          mode + " was on",
          log.before("separator-7", mode(mode, ON)),
          "secure-boot-mode");
    }
    all.otherPolicy(
        "l27c-not-deployed",
        "the policy asks for Deployed Mode, and the log does not tell of it",
        "secure-boot: required",
        "secure-boot: deployed",
        "secure-boot-mode");
    deployed();
    var stranger = signatureData(Bytes.utf8("another certificate"));
    edited(
        "l19a-authority-not-in-db",
        "what admitted the image is not in db",
        "db-authority",
        e -> e.measuring(variable(SECURITY, "db", stranger)),
        "log-authorities");
    edited(
        "l19b-authority-in-dbx",
        "what admitted the image is in dbx",
        "dbx",
        e -> e.measuring(variable(SECURITY, "dbx", certificateList())),
        "log-authorities");
    edited(
        "l04b-secure-boot-off",
        "Secure Boot was off",
        "SecureBoot",
        e -> e.measuring(variable(GLOBAL, "SecureBoot", OFF)),
        "secure-boot at");
  }

  private static Bytes signatureData(Bytes certificate) {
    return Bytes.concat(guid(OWNER), Bytes.fromHex("3014"), certificate);
  }

  private void deployed() throws IOException, FormatException {
    String policy = AttackVectors.POLICY.replace("secure-boot: required", "secure-boot: deployed");
    var on = device("DeployedMode", ON);
    var good =
        all.maker.acceptFiles(
            all.good,
            "good-deployed",
            "the policy asks for Deployed Mode, and the device is in it",
            Map.of(
                "policy",
                Bytes.utf8(policy),
                "evidence",
                on.evidence(),
                "release",
                on.release("direct-uki", 4, 7, 9, 11, 12)));
    all.maker.reject(
        good,
        "l27d-deployed-mode-off",
        "the log says that Deployed Mode was off",
        "evidence",
        device("DeployedMode", OFF).evidence(),
        "secure-boot-mode");
  }

  private SoftEvidence device(String mode, Bytes value) {
    return all.device.with(e -> e.log = log.before("separator-7", mode(mode, value)));
  }

  private Entry mode(String name, Bytes value) {
    return Boots.entry(log, name, 7, EV_EFI_VARIABLE_DRIVER_CONFIG, variable(GLOBAL, name, value));
  }

  private void floors() throws IOException, FormatException {
    String floor = "dbx: {entries: 1}";
    all.otherPolicy(
        "l20a-dbx-short", "dbx has two entries", floor, "dbx: {entries: 3}", "dbx-floor");
    all.otherPolicy(
        "l20b-dbx-without-image",
        "dbx does not hold the image that the policy names",
        floor,
        "dbx: {entries: 1, contains: [\"sha256:%s\"]}".formatted("11".repeat(32)),
        "dbx-floor");
    edited(
        "l20c-dbx-empty",
        "dbx was emptied",
        "dbx",
        e -> e.measuring(variable(SECURITY, "dbx", Bytes.empty())),
        "dbx-floor");
    all.otherPolicy(
        "l21a-no-sbat-level",
        "the policy has a floor of SbatLevel, and no shim measured one",
        floor,
        "sbat: {shim: 4}",
        "sbat-floor");
    var shim = all.device.with(e -> e.log = Boots.shim(EventLogVectors.twoBanks()));
    String policy =
        AttackVectors.POLICY
            .replace(floor, "dbx: {entries: 1}, sbat: {shim: 4}")
            .replace("path: direct-uki", "path: shim");
    var good =
        all.maker.acceptFiles(
            all.good,
            "good-shim",
            "a boot through shim with the SbatLevel that the policy asks for",
            Map.of(
                "policy",
                Bytes.utf8(policy),
                "evidence",
                shim.evidence(),
                "release",
                shim.release("shim", 4, 7, 9, 11, 12, 14)));
    all.maker.reject(
        good,
        "l21b-sbat-level-low",
        "the policy asks for shim 5",
        "policy",
        Bytes.utf8(policy.replace("shim: 4", "shim: 5")),
        "sbat-floor");
    all.maker.reject(
        good,
        "l21c-mok-list-changed",
        "another key in MokList",
        "evidence",
        all.device
            .with(e -> e.log = shim.log.edit("mok-list", m -> m.showingFor(revocations())))
            .evidence(),
        "pcr-14");
  }

  /** What the log shows is not what was measured. */
  private void shown() throws IOException, FormatException {
    shown(
        "l16-unlogged",
        "PCR 14 was extended without a log",
        log,
        LogShown.UNLOGGED,
        "log-unlogged");
    shown("l24-log-cut", "the log ends before the kernel", log, LogShown.CUT, "log-replay");
    shown("l28-other-boot", "the log of another machine", log, LogShown.OTHER, "log-replay");
  }

  private enum LogShown {
    UNLOGGED,
    CUT,
    OTHER
  }

  private void shown(String id, String comment, LogBuilder base, LogShown what, String check)
      throws IOException, FormatException {
    var secret = Boots.entry(base, "secret", 14, EV_IPL, Bytes.utf8("secret"));
    all.attack(
        id,
        comment,
        e -> {
          e.log = what == LogShown.UNLOGGED ? base.after("exited", secret) : base;
          e.shownLog =
              Optional.of(
                  switch (what) {
                    case UNLOGGED -> base.build();
                    case CUT -> base.cut("initrd").build();
                    case OTHER -> otherMachine().build();
                  });
        },
        check);
  }

  private static LogBuilder otherMachine() {
    var other = Boots.uki(EventLogVectors.twoBanks());
    for (int pcr = 0; pcr < 7; pcr++) {
      var more =
          Boots.entry(other, "more-" + pcr, pcr, EV_COMPACT_HASH, Bytes.utf8("another machine"));
      other = other.before("separator-" + pcr, more);
    }
    return other.without("KEK");
  }

  private void predicted() throws IOException, FormatException {
    edited(
        "l29a-other-image",
        "another boot image was started",
        "uki",
        e -> e.showingFor(Boots.object("another UKI")),
        "pcr-4");
    edited(
        "l29b-other-key",
        "another KEK is enrolled",
        "KEK",
        e -> e.measuring(variable(GLOBAL, "KEK", revocations())),
        "pcr-7");
    edited(
        "l29c-other-initrd",
        "another initrd was given to the kernel",
        "initrd",
        e -> e.showingFor(Boots.object("another initrd")),
        "pcr-9");
    edited(
        "l29d-other-section",
        "another command line is in the image",
        ".cmdline",
        e -> e.showingFor(Bytes.utf8("init=/bin/sh")),
        "pcr-11");
    boots(
        "l29e-command-line-from-outside",
        "the boot loader passed a command line of its own",
        log.before(".linux name", Boots.entry(log, "outside", 12, EV_IPL, utf16z("init=/bin/sh"))),
        "pcr-12");
    boots(
        "l29f-keys-of-an-owner",
        "a MokList was measured where there is no shim",
        log.before(".linux name", Boots.entry(log, "mok", 14, EV_IPL, Bytes.utf8("MokList"))),
        "pcr-14");
  }

  private void policies() throws IOException {
    policy("p03a-policy-empty", "an empty policy", "", "policy: ");
    policy(
        "p03b-policy-demands-nothing",
        "a policy with its schema alone",
        "schema: trustme/policy/1\n",
        "policy: ");
    policy(
        "p05a-policy-unknown-key",
        "a key that is not known",
        AttackVectors.POLICY + "ignore: []\n",
        "policy: ");
    policy(
        "p05b-policy-unknown-value",
        "a value that is not known",
        AttackVectors.POLICY.replace("secure-boot: required", "secure-boot: maybe"),
        "policy: ");
    policy(
        "p05c-policy-tolerates-forgery",
        "a check that is never tolerated",
        AttackVectors.POLICY + "tolerate: [quote-signature]\n",
        "policy: ");
    policy(
        "p05d-policy-makers-alone",
        "TPM makers without an enrolment authority",
        AttackVectors.POLICY
            .replace("  enrolment: {roots: [enrolment.pem]}\n", "")
            .replace("  firmware: enrolled\n", ""),
        "policy: ");
    String deep = "[".repeat(60) + "]".repeat(60);
    all.maker.reject(
        all.good,
        "p01-evidence-deep",
        "evidence that is nested sixty times",
        "evidence",
        Bytes.utf8("{\"schema\":" + deep + "}"),
        "evidence: ");
  }

  private void policy(String id, String comment, String content, String problem)
      throws IOException {
    all.maker.reject(all.good, id, comment, "policy", Bytes.utf8(content), problem);
  }
}
