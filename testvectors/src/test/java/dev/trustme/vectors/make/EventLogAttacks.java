// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;
import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventType;
import dev.trustme.vectors.PlainReplay;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Logs that a verifier refuses, each for one reason: edited ones beside the values of the TPM that
 * measured the original, and honest ones of boots that are not to be trusted.
 */
final class EventLogAttacks {
  private final FamilyMaker family;
  private final Map<String, LogBuilder> logs;
  private final Map<String, Vector> positives;
  private final LogBuilder uki;

  EventLogAttacks(FamilyMaker family, Map<String, LogBuilder> logs, Map<String, Vector> positives) {
    this.family = family;
    this.logs = logs;
    this.positives = positives;
    this.uki = log("uki");
  }

  private LogBuilder log(String id) {
    return Objects.requireNonNull(logs.get(id), id);
  }

  private void reject(String twin, String id, String comment, Bytes log, String reason)
      throws IOException {
    family.otherFile(
        Objects.requireNonNull(positives.get(twin), twin), id, comment, "log", log, reason);
  }

  private void reject(String twin, String id, String comment, LogBuilder log, String reason)
      throws IOException {
    reject(twin, id, comment, log.build(), reason);
  }

  private void edit(
      String twin,
      String id,
      String comment,
      String label,
      UnaryOperator<Entry> edit,
      String reason)
      throws IOException {
    reject(twin, id, comment, log(twin).edit(label, edit), reason);
  }

  /** A check that looks at one event, named as findings name it. */
  private static String at(String check, LogBuilder log, String label) {
    var entry = log.entry(label);
    return "%s at TCG log, event %d (%s), offset 0x%x"
        .formatted(
            check, log.index(label) + 1, EventType.of(entry.type()).name(), log.offset(label));
  }

  /** The same, for an edited log that is judged. */
  private void judged(
      String twin, String id, String comment, LogBuilder log, String check, String label)
      throws IOException {
    reject(twin, id, comment, log, at(check, log, label));
  }

  private void judged(
      String twin, String id, String comment, String label, UnaryOperator<Entry> edit, String check)
      throws IOException {
    judged(twin, id, comment, log(twin).edit(label, edit), check, label);
  }

  void make() throws IOException {
    types();
    separators();
    contents();
    secureBoot();
    startValues();
    noAction();
    banks();
    sequence();
    new EventLogDamage(this::reject, logs).make();
  }

  private void types() throws IOException {
    judged(
        "uki",
        "l01a-unused",
        "the image's event retyped as one that says nothing",
        "uki",
        e -> e.withType(EV_UNUSED),
        "log-types");
    judged(
        "uki",
        "l01b-unknown-type",
        "the image's event retyped as one of a type that nobody knows",
        "uki",
        e -> e.withType(0xdeadbeefL),
        "log-types");
    var off = variable(GLOBAL, "SecureBoot", OFF);
    var hidden =
        uki.edit("SecureBoot", e -> e.measuring(off).withType(EV_UNUSED))
            .after("exited", uki.entry("SecureBoot"));
    judged(
        "uki-measured",
        "l01c-hidden-and-appended",
        "Secure Boot was off: that event retyped, and a better one extended and appended later",
        hidden,
        "log-types",
        "SecureBoot");
    judged(
        "uki",
        "l02-image-as-blob",
        "the image's event retyped as a firmware volume's",
        "uki",
        e -> e.withType(EV_EFI_PLATFORM_FIRMWARE_BLOB),
        "log-types");
  }

  private void separators() throws IOException {
    edit(
        "uki",
        "l03a-separator-retyped",
        "the separator of PCR 1 retyped as platform flags",
        "separator-1",
        e -> e.withType(EV_PLATFORM_CONFIG_FLAGS),
        "log-separators at PCR 1");
    reject(
        "uki-measured",
        "l03b-separator-missing",
        "PCR 2 without its separator",
        uki.without("separator-2"),
        "log-separators at PCR 2");
    reject(
        "uki-measured",
        "l03c-separator-twice",
        "PCR 3 with two separators",
        uki.after("separator-3", uki.entry("separator-3")),
        "log-separators at PCR 3");
    edit(
        "uki-measured",
        "l03d-separator-error",
        "FFFFFFFF in PCR 6: the firmware reports an error",
        "separator-6",
        e -> e.measuring(Bytes.fromHex("ffffffff")),
        "log-separators at PCR 6");
    judged(
        "uki-measured",
        "l03e-separator-longer",
        "a separator of five bytes",
        "separator-5",
        e -> e.measuring(Bytes.zeros(5)),
        "log-data");
  }

  /** Data that is not what its type promises; the digests are honest, or the TPM's. */
  private void contents() throws IOException {
    judged(
        "uki",
        "l12a-name-length",
        "UnicodeNameLength 2^63: twice that overflows",
        "SecureBoot",
        e -> e.showing(variable(GLOBAL, "SecureBoot", Long.MIN_VALUE, 1, ON)),
        "log-data");
    judged(
        "uki",
        "l12b-data-length",
        "VariableDataLength is one more than there is",
        "BootOrder",
        e -> e.showing(variable(GLOBAL, "BootOrder", 9, 3, Bytes.fromHex("0000"))),
        "log-data");
    int size = 16 + CERTIFICATE.size();
    String x509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072";
    var lists =
        Map.of(
            "PK", signatureList(x509, 28 + size, 0, 0, signatureData()),
            "KEK", signatureList(x509, 29 + size, 0, size, signatureData()),
            "db", signatureList(x509, 28 + size, 0xffffffffL, size, signatureData()),
            "dbx", signatureList(x509, 27, 0, size, signatureData()));
    var comments =
        Map.of(
            "PK", "SignatureSize 0: a reader that loops by it never ends",
            "KEK", "SignatureListSize is one more than there is",
            "db", "SignatureHeaderSize 2^32 - 1",
            "dbx", "SignatureListSize smaller than its own head");
    String letter = "a";
    for (String name : List.of("PK", "KEK", "db", "dbx")) {
      String guid = name.startsWith("db") ? SECURITY : GLOBAL;
      Bytes list = Objects.requireNonNull(lists.get(name));
      judged(
          "uki-measured",
          "l13" + letter + "-signature-list",
          Objects.requireNonNull(comments.get(name)),
          name,
          e -> e.measuring(variable(guid, name, list)),
          "log-data");
      letter = String.valueOf((char) (letter.charAt(0) + 1));
    }
    judged(
        "uki",
        "l14a-tag-length",
        "a tagged event that is longer than its data",
        "initrd",
        e -> e.showing(BinaryWriter.littleEndian().u32(Boots.INITRD).u32(100).zeros(8).toBytes()),
        "log-data");
    judged(
        "uki",
        "l14b-path-length",
        "LengthOfDevicePath 2^64 - 1",
        "uki",
        e -> e.showing(imageLoad(-1, filePath("\\EFI\\BOOT\\BOOTX64.EFI"))),
        "log-data");
  }

  private void secureBoot() throws IOException {
    judged(
        "uki",
        "l04-data-edited",
        "the shown Secure Boot state edited, its digest as it was",
        "SecureBoot",
        e -> e.showing(variable(GLOBAL, "SecureBoot", OFF)),
        "log-digests");
    var again = uki.entry("SecureBoot");
    var twice =
        uki.before(
            "PK", new Entry("again", 7, again.type(), again.data(), again.data(), again.banks()));
    judged(
        "uki-measured",
        "l05a-secure-boot-twice",
        "SecureBoot measured twice",
        twice,
        "secure-boot",
        "again");
    judged(
        "uki-measured",
        "l05b-secure-boot-late",
        "SecureBoot measured after the separator",
        uki.without("SecureBoot").after("separator-7", again),
        "secure-boot",
        "SecureBoot");
    judged(
        "uki-measured",
        "secure-boot-off",
        "Secure Boot was off, and the log says so",
        "SecureBoot",
        e -> e.measuring(variable(GLOBAL, "SecureBoot", OFF)),
        "secure-boot");
  }

  private void startValues() throws IOException {
    var locality = log("locality-3");
    var values = new int[] {1, 2, 5};
    for (int i = 0; i < values.length; i++) {
      int value = values[i];
      edit(
          "locality-3",
          "l06%s-locality-%d".formatted((char) ('a' + i), value),
          "startup locality %d, from which no TPM starts".formatted(value),
          "locality",
          e -> e.showing(startupLocality(value)),
          "event 1: startup locality " + value);
    }
    var second = locality.entry("locality");
    reject(
        "locality-3",
        "l06d-locality-twice",
        "the startup locality stated twice",
        locality.after("locality", second),
        "event 2: a second or late Startup Locality event");
    reject(
        "locality-3",
        "l06e-locality-late",
        "the startup locality stated after PCR 0 was extended",
        locality.without("locality").after("pei", second),
        "event 3: a second or late Startup Locality event");
    edit(
        "locality-3",
        "l06f-locality-pcr",
        "a startup locality in PCR 1",
        "locality",
        e -> e.withPcr(1),
        "event 1: a Startup Locality event for PCR 1");
    edit(
        "locality-3",
        "l06g-locality-length",
        "a startup locality of 18 bytes",
        "locality",
        e -> e.showing(Bytes.concat(e.data(), OFF)),
        "event 1: a Startup Locality event of 18 bytes");
    reject(
        "hcrtm",
        "l06h-hcrtm-contradicted",
        "an H-CRTM event after startup locality 3",
        log("hcrtm").before("hcrtm", second),
        "event 2: an H-CRTM event after startup locality 3");
    var hcrtm = log("hcrtm").entry("hcrtm");
    reject(
        "hcrtm",
        "l06i-hcrtm-late",
        "an H-CRTM event after PCR 0 was extended",
        log("hcrtm").without("hcrtm").after("version", hcrtm),
        "event 2: an H-CRTM event that is not the first of PCR 0");
    reject(
        "uki",
        "l06j-locality-false",
        "startup locality 3 stated, where the TPM started at 0",
        uki.before("version", second),
        "log-replay at PCR 0");
  }

  private void noAction() throws IOException {
    var claim = Boots.entry(uki, "claim", 0, EV_NO_ACTION, Bytes.utf8("measured, it says"));
    judged(
        "uki",
        "l07a-no-action-digest",
        "an event that extends nothing, with digests",
        uki.after("dxe", claim),
        "log-no-action",
        "claim");
    judged(
        "uki",
        "l07b-no-action-pcr",
        "an event that extends nothing, in PCR 7",
        uki.after("pei", Boots.silent(uki, "claim", 7, Bytes.utf8("measured, it says"))),
        "log-no-action",
        "claim");
    edit(
        "uki",
        "l07c-hidden-by-no-action",
        "the image's event retyped as one that extends nothing",
        "uki",
        e -> e.withType(EV_NO_ACTION),
        "log-replay at PCR 4");
  }

  private void banks() throws IOException {
    reject(
        "uki",
        "l09e-bank-missing",
        "one event without a digest of the quoted bank",
        uki.edit("pei", e -> e.withBanks(HashAlgorithm.SHA1.tpmAlgId())),
        "log-bank");
    judged(
        "uki-measured",
        "l15-banks-disagree",
        "the sha256 digest is that of the shown variable, the sha1 digest another's",
        "SecureBoot",
        e -> e.otherwiseIn(4, variable(GLOBAL, "SecureBoot", OFF)),
        "log-other-banks");
    var extended = uki.after("exited", Boots.entry(uki, "e", 12, EV_IPL, utf16z("debug")));
    family.otherFile(
        Objects.requireNonNull(positives.get("uki")),
        "l16-absent-from-log",
        "PCR 12 was extended, and the log has no event of it",
        "pcrs",
        PlainReplay.lines(extended.build(), false),
        "log-unlogged at PCR 12");
    reject(
        "uki",
        "digest-byte",
        "one bit of the last event's sha256 digest changed",
        flipped(uki, "exited"),
        "log-replay at PCR 5");
    reject(
        "uki",
        "l24a-truncated",
        "the log ends before the initrd",
        uki.cut("initrd"),
        "log-replay at PCR 5, 9");
    judged(
        "uki-measured",
        "l24b-truncated-prefix",
        "the log and the values end before the handover was complete",
        uki.cut("exited"),
        "log-exit-boot-services",
        "exit");
    family.otherContext(
        Objects.requireNonNull(positives.get("l18-no-exit-boot-services")),
        "l18-exit-boot-services-required",
        "no handover in the log, and PCR 5 is quoted",
        "quote",
        "sha256:0,1,2,3,4,5,6,7,11",
        "log-exit-boot-services at PCR 5");
  }

  private static Bytes flipped(LogBuilder log, String label) {
    Bytes bytes = log.build();
    int digest = log.offset(label) + 12 + 2 + 20 + 2 + 10;
    return with(bytes, digest, bytes.at(digest) ^ 1);
  }

  private void sequence() throws IOException {
    var early = image("early");
    judged(
        "uki-measured",
        "l17a-program-before-boot-option",
        "an EFI program before the boot option is announced",
        uki.before("calling", early),
        "log-boot-order",
        "early");
    judged(
        "uki-measured",
        "l17b-program-after-handover",
        "an EFI program after the firmware was left",
        uki.after("exited", early),
        "log-boot-order",
        "early");
    var grub = log("grub");
    String text = "/vmlinuz " + Boots.COMMAND_LINE;
    var second =
        Boots.entry(grub, "second", 8, EV_IPL, Bytes.utf8("kernel_cmdline: " + text + "\0"));
    judged(
        "grub-measured",
        "l22a-command-line-twice",
        "GRUB measured two kernel command lines",
        grub.after("kernel_cmdline", second.showingFor(Bytes.utf8(text))),
        "log-command-line",
        "second");
    judged(
        "grub-measured",
        "l22b-command-line-injected",
        "measured was 'init=/bin/sh' behind the shown command line",
        "kernel_cmdline",
        e -> e.showingFor(Bytes.utf8(text + " init=/bin/sh")),
        "log-digests");
    var options = uki.entry("load-options");
    judged(
        "uki-measured",
        "l22c-load-options-twice",
        "the kernel was given load options twice",
        uki.after("load-options", renamed(options, "again")),
        "log-command-line",
        "again");
    sections();
  }

  private void sections() throws IOException {
    var all = log("uki-all-sections");
    judged(
        "uki-measured",
        "l23a-section-order",
        "the command line measured before the kernel",
        uki.without(".cmdline name")
            .without(".cmdline")
            .before(".linux name", uki.entry(".cmdline"))
            .before(".cmdline", uki.entry(".cmdline name")),
        "log-sections",
        ".linux name");
    judged(
        "uki-all-sections-measured",
        "l23b-profile-twice",
        "two .profile sections measured",
        all.after(".profile", renamed(all.entry(".profile"), "second"))
            .after(".profile", renamed(all.entry(".profile name"), "second name")),
        "log-sections",
        "second name");
    var extension = Boots.entry(uki, "sysext", 13, EV_IPL, utf16z("Credentials initrd"));
    judged(
        "uki-measured",
        "l23c-system-extension",
        "the stub measured a system extension into PCR 13",
        uki.after(".initrd", extension),
        "log-extensions",
        "sysext");
    judged(
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
