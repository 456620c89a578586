// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.vectors.PlainReplay;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Event logs: boots of all kinds in all banks, and what can be wrong with a log. Nothing random in
 * them: the same bytes at each run. The PCR values come from {@link PlainReplay}.
 */
public final class EventLogVectors {
  static final String QUOTE = "sha256:0,1,2,3,4,5,6,7,8,9,11,12,13,14";

  private static final String OURS =
      "made by this project, entry by entry, with a throw-away certificate; Apache-2.0";
  private static final HashAlgorithm SHA1 = HashAlgorithm.SHA1;
  private static final HashAlgorithm SHA256 = HashAlgorithm.SHA256;
  private static final HashAlgorithm SHA384 = HashAlgorithm.SHA384;
  private static final HashAlgorithm SHA512 = HashAlgorithm.SHA512;

  private final FamilyMaker family;
  private final Map<String, LogBuilder> logs = new TreeMap<>();
  private final Map<String, Vector> positives = new TreeMap<>();

  private EventLogVectors(Path root) throws IOException {
    this.family = new FamilyMaker(root, "eventlog", OURS);
  }

  public static void make(Path root) throws IOException {
    var vectors = new EventLogVectors(root);
    vectors.boots();
    vectors.banks();
    vectors.sha1Logs();
    vectors.startValues();
    vectors.oddities();
    vectors.confidential();
    var twins = new LogTwins(vectors.family, vectors.logs, vectors.positives);
    new EventLogAttacks(twins).make();
    new BootAttacks(twins).make();
    new EventLogDamage(twins).make();
    vectors.family.write();
  }

  static LogBuilder twoBanks() {
    return LogBuilder.agile(SHA1, SHA256);
  }

  private void accept(String id, String comment, LogBuilder log, Map<String, String> context)
      throws IOException {
    logs.put(id, log);
    accept(id, comment, log.build(), context);
  }

  /** A log beside what a TPM that measured it holds. */
  private void accept(String id, String comment, Bytes log, Map<String, String> context)
      throws IOException {
    boolean confidential = context.containsValue("cc");
    family.file(id + ".bin", log).file(id + ".pcrs", PlainReplay.lines(log, confidential));
    var files = Map.of("log", id + ".bin", "pcrs", id + ".pcrs");
    positives.put(id, family.accept(id, comment, files, context));
  }

  private void replayed(String id, String comment, LogBuilder log) throws IOException {
    accept(id, comment, log, Map.of());
  }

  private void appraised(String id, String comment, LogBuilder log) throws IOException {
    accept(id, comment, log, Map.of("quote", QUOTE));
  }

  /** The same log, judged by itself: its negatives are boots that a TPM measured as they are. */
  private void measured(String of, String comment) {
    var vector =
        family.accept(
            of + "-measured", comment, Map.of("log", of + ".bin"), Map.of("quote", QUOTE));
    positives.put(vector.id(), vector);
    logs.put(vector.id(), logs.get(of));
  }

  private void boots() throws IOException {
    appraised("uki", "firmware, unified kernel image, kernel", Boots.uki(twoBanks()));
    measured("uki", "uki, whatever the TPM held");
    appraised(
        "systemd-boot",
        "systemd-boot starts the image and measures its command line into PCR 12",
        Boots.systemdBoot(twoBanks()));
    var loader = Boots.systemdBoot(twoBanks());
    Bytes named = tagged(0xf5bc582aL, utf16z("loader.conf"));
    var config = Boots.entry(loader, "loader.conf", 5, EV_EVENT_TAG, named);
    replayed(
        "systemd-boot-loader-conf",
        "systemd-boot measures loader.conf into PCR 5 and names it in a tagged event",
        loader.after("systemd-boot", config.showingFor(Bytes.utf8("timeout 3\n"))));
    appraised("shim", "shim, MokList in PCR 14, an image signed by it", Boots.shim(twoBanks()));
    appraised("grub", "shim and GRUB: commands in PCR 8, files in PCR 9", Boots.grub(twoBanks()));
    measured("grub", "grub, whatever the TPM held");
    var all = twoBanks();
    Boots.firmware(all);
    Boots.option(all, "\\EFI\\BOOT\\BOOTX64.EFI");
    Boots.image(all, "uki", "\\EFI\\BOOT\\BOOTX64.EFI");
    Boots.sections(all, ".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb");
    Boots.sections(all, ".uname", ".sbat", ".pcrpkey", ".profile");
    Boots.kernel(all);
    appraised("uki-all-sections", "an image with every section that is measured", all);
    measured("uki-all-sections", "uki-all-sections, whatever the TPM held");
    var stub = twoBanks();
    Boots.firmware(stub);
    Boots.option(stub, "\\vmlinuz");
    Boots.authority(stub, "db-authority", SECURITY, "db", signatureData());
    Boots.image(stub, "kernel", "\\vmlinuz");
    Boots.kernel(stub);
    appraised("efi-stub", "a kernel as EFI program, its initrd beside it", stub);
    var modes = Boots.uki(twoBanks());
    appraised(
        "deployed-mode",
        "DeployedMode and AuditMode measured as the firmware profile wants them",
        modes
            .before("separator-7", mode(modes, "AuditMode", OFF))
            .before("separator-7", mode(modes, "DeployedMode", ON)));
    replayed(
        "audit-mode",
        "audit mode: Secure Boot off, nothing enforced; replayed only",
        modes
            .edit("SecureBoot", e -> e.measuring(variable(GLOBAL, "SecureBoot", OFF)))
            .before("separator-7", mode(modes, "AuditMode", ON))
            .before("separator-7", mode(modes, "DeployedMode", OFF)));
    var left = Boots.uki(twoBanks()).cut("exit");
    accept(
        "l18-no-exit-boot-services",
        "no handover in the log: accepted where PCR 5 is not quoted",
        left,
        Map.of("quote", "sha256:0,1,2,3,4,6,7,11"));
  }

  private static LogBuilder.Entry mode(LogBuilder like, String name, Bytes value) {
    return Boots.entry(like, name, 7, EV_EFI_VARIABLE_DRIVER_CONFIG, variable(GLOBAL, name, value));
  }

  private void banks() throws IOException {
    for (HashAlgorithm bank : List.of(SHA256, SHA384, SHA512)) {
      accept(
          "uki-" + bank.label(),
          "the bank %s alone".formatted(bank.label()),
          Boots.uki(LogBuilder.agile(bank)),
          Map.of("quote", QUOTE.replace("sha256", bank.label())));
    }
    accept(
        "uki-four-banks",
        "sha1, sha256, sha384 and sha512 at once",
        Boots.uki(LogBuilder.agile(SHA1, SHA256, SHA384, SHA512)),
        Map.of("quote", QUOTE.replace("sha256", "sha384")));
    appraised(
        "uki-sm3", "a bank that is not computed here beside one that is", sm3(SHA256.tpmAlgId()));
    appraised(
        "uki-unknown-bank",
        "a bank of an algorithm that nobody has registered, 40 bytes each",
        Boots.uki(LogBuilder.agile(SHA256.tpmAlgId(), 0x7f7f)));
    replayed("uki-sha1-agile", "crypto-agile with sha1 alone", Boots.uki(LogBuilder.agile(SHA1)));
    replayed(
        "banks-in-other-order",
        "each event names its digests in the other order than the head",
        Boots.uki(
            LogBuilder.agile(SHA256, SHA1)
                .withHead(LogBuilder.head(LogBuilder.specId(SHA1.tpmAlgId(), SHA256.tpmAlgId())))));
    replayed(
        "bank-missing-once",
        "one event has no sha256 digest: that bank cannot be replayed, sha1 can",
        Boots.uki(twoBanks()).edit("pei", e -> e.withBanks(SHA1.tpmAlgId())));
  }

  private static LogBuilder sm3(int bank) {
    return Boots.uki(LogBuilder.agile(bank, LogBuilder.SM3));
  }

  private void sha1Logs() throws IOException {
    replayed("sha1", "a SHA-1 log without a head", Boots.uki(LogBuilder.sha1(Bytes.empty())));
    for (String version : List.of("00", "02")) {
      replayed(
          "sha1-event" + version,
          "a SHA-1 log headed by Spec ID Event%s, with vendor information".formatted(version),
          Boots.uki(LogBuilder.sha1(LogBuilder.head(sha1Head(version)))));
    }
  }

  static Bytes sha1Head(String version) {
    return BinaryWriter.littleEndian()
        .bytes(Bytes.utf8("Spec ID Event" + version + "\0"))
        .u32(0)
        .u8(2)
        .u8(1)
        .u8(0)
        .u8(2)
        .u8(4)
        .bytes(Bytes.utf8("Test"))
        .toBytes();
  }

  private void startValues() throws IOException {
    var uki = Boots.uki(twoBanks());
    for (int locality : new int[] {0, 3, 4}) {
      appraised(
          "locality-" + locality,
          "TPM2_Startup at locality %d: PCR 0 starts with it".formatted(locality),
          uki.before("version", Boots.silent(uki, "locality", 0, startupLocality(locality))));
    }
    var hcrtm = uki.before("version", hcrtm(uki));
    appraised("hcrtm", "an H-CRTM event: PCR 0 starts with 4", hcrtm);
    appraised(
        "hcrtm-locality-4",
        "an H-CRTM event and the startup locality that it implies",
        hcrtm.before("hcrtm", Boots.silent(uki, "locality", 0, startupLocality(4))));
    Bytes component = Bytes.concat(Bytes.utf8("H-CRTM CompMeas\0"), Bytes.utf8("component"));
    appraised(
        "hcrtm-components",
        "what the H-CRTM measured, told in events that extend nothing",
        hcrtm.before("hcrtm", Boots.silent(uki, "component", 0, component)));
    var drtm = uki;
    for (int pcr : new int[] {17, 18}) {
      var launch = Boots.entry(uki, "drtm-" + pcr, pcr, EV_EVENT_TAG, tagged(pcr, OFF));
      drtm = drtm.after("exited", launch);
    }
    appraised("drtm", "a dynamic launch: PCR 17 to 22 restart at zero, two are extended", drtm);
  }

  static LogBuilder.Entry hcrtm(LogBuilder like) {
    return Boots.entry(like, "hcrtm", 0, EV_EFI_HCRTM_EVENT, Bytes.utf8("HCRTM"));
  }

  private void oddities() throws IOException {
    var uki = Boots.uki(twoBanks());
    for (String fill : List.of("00", "ff")) {
      accept(
          "padded-" + fill,
          "1024 bytes %s after the last event".formatted(fill),
          Bytes.concat(uki.build(), Bytes.fromHex(fill.repeat(1024))),
          Map.of("quote", QUOTE));
    }
    var pairs = List.of(new int[] {4, 20}, new int[] {11, 32});
    Bytes vendor =
        LogBuilder.specId(2, pairs, Bytes.concat(Bytes.fromHex("04"), Bytes.utf8("Test")));
    appraised(
        "vendor-info", "vendor information in the head", uki.withHead(LogBuilder.head(vendor)));
    Bytes cut = LogBuilder.head(vendor.slice(0, vendor.size() - 4));
    appraised(
        "vendor-info-beyond",
        "vendor information behind the head's event, as one tool's sample has it",
        uki.withHead(Bytes.concat(cut, Bytes.utf8("Test"))));
    replayed("head-only", "nothing after the Spec ID event", twoBanks());
    appraised("long", "2000 GRUB commands", grubCommands(twoBanks(), 2000));
    var four = LogBuilder.agile(SHA1, SHA256, SHA384, SHA512);
    int others = grubCommands(four, 0).labels().size();
    appraised(
        "hundred",
        "100 events in four banks",
        grubCommands(LogBuilder.agile(SHA1, SHA256, SHA384, SHA512), 99 - others));
    replayed(
        "separator-error",
        "an error in the firmware: FFFFFFFF in PCR 0, then the separator",
        uki.before(
            "separator-0", Boots.entry(uki, "e", 0, EV_SEPARATOR, Bytes.fromHex("ffffffff"))));
    replayed(
        "banks-disagree",
        "the sha1 bank measured another kernel than the sha256 bank; each replays",
        disagreeing(uki));
    replayed(
        "unknown-type",
        "an event type that no specification names",
        uki.edit("tables", e -> e.withType(0xdeadbeefL)));
    replayed("no-data", "events of no data", uki.edit("pei", e -> e.showing(Bytes.empty())));
    replayed(
        "resettable",
        "events in the PCRs 16 and 23, which software can reset",
        uki.after("exited", Boots.entry(uki, "d", 16, EV_EVENT_TAG, tagged(1, OFF)))
            .after("exited", Boots.entry(uki, "a", 23, EV_EVENT_TAG, tagged(2, OFF))));
    devices(uki);
  }

  private void devices(LogBuilder uki) throws IOException {
    appraised(
        "option-rom",
        "two drivers from option ROMs in PCR 2",
        uki.before("separator-0", driver(uki, "rom-1"))
            .before("separator-0", driver(uki, "rom-2")));
    var spdm =
        uki.before("separator-0", spdm(uki, 2, EV_EFI_SPDM_FIRMWARE_BLOB))
            .before("separator-0", spdm(uki, 3, EV_EFI_SPDM_FIRMWARE_CONFIG));
    replayed("spdm", "a device's own measurements, firmware and configuration", spdm);
    appraised(
        "dma-protection-disabled",
        "the firmware says in PCR 7 that devices may reach all memory",
        uki.before(
            "separator-7",
            Boots.entry(uki, "dma", 7, EV_EFI_ACTION, Bytes.utf8("DMA Protection Disabled"))));
    appraised(
        "post-codes",
        "firmware volumes as POST codes, and the CRTM's contents",
        uki.after(
                "version", Boots.entry(uki, "crtm", 0, EV_S_CRTM_CONTENTS, blob(0xfff00000L, 4096)))
            .after("version", Boots.entry(uki, "post", 0, EV_POST_CODE, Bytes.utf8("ACPI DATA"))));
  }

  private static LogBuilder.Entry driver(LogBuilder like, String name) {
    var entry =
        Boots.entry(like, name, 2, EV_EFI_BOOT_SERVICES_DRIVER, imageLoad("\\" + name + ".efi"));
    return new LogBuilder.Entry(
        name, 2, entry.type(), entry.data(), Boots.object(name), entry.banks());
  }

  /** DEVICE_SECURITY_EVENT_DATA2's head; what follows it differs by device. */
  private static LogBuilder.Entry spdm(LogBuilder like, int pcr, TcgEventType type) {
    var data =
        BinaryWriter.littleEndian()
            .bytes(Bytes.utf8("SPDM Device Sec2"))
            .u16(0)
            .u8(0)
            .u8(0)
            .u32(48)
            .zeros(32)
            .toBytes();
    return Boots.entry(like, "spdm-" + pcr, pcr, type, data);
  }

  private static LogBuilder grubCommands(LogBuilder log, int count) {
    Boots.firmware(log);
    Boots.option(log, "\\EFI\\BOOT\\grubx64.efi");
    Boots.image(log, "grub", "\\EFI\\BOOT\\grubx64.efi");
    for (int i = 0; i < count; i++) {
      Boots.grubText(log, "command-" + i, "grub_cmd: ", "set item=" + i);
    }
    Boots.exit(log);
    return log;
  }

  private static LogBuilder disagreeing(LogBuilder log) {
    return log.edit("uki", e -> e.otherwiseIn(SHA1.tpmAlgId(), Boots.object("another kernel")));
  }

  private void confidential() throws IOException {
    var cc = Map.of("format", "cc");
    var tdx = tdx();
    accept("cc-tdx", "a confidential guest's log: RTMR0 to RTMR3, SHA-384", tdx, cc);
    for (String fill : List.of("00", "ff")) {
      Bytes padded = Bytes.concat(tdx.build(), Bytes.fromHex(fill.repeat(2048)));
      accept("cc-tdx-padded-" + fill, "the CCEL table's memory, filled with " + fill, padded, cc);
    }
    logs.put("cc-tdx-padded-ff", tdx);
  }

  /** The boot of a unified kernel image, each event in the register that stands for its PCR. */
  static LogBuilder tdx() {
    var registers = Map.of(1L, 1L, 7L, 1L, 9L, 3L, 11L, 3L);
    var log = Boots.uki(LogBuilder.agile(SHA384)).without("version").without("pei").without("dxe");
    for (String label : log.labels()) {
      long pcr = log.entry(label).pcr();
      log = log.edit(label, e -> e.withPcr(registers.getOrDefault(pcr, 2L)));
    }
    return log.without("separator-0")
        .after("exited", Boots.entry(log, "runtime", 4, EV_EVENT_TAG, tagged(7, ON)));
  }
}
