// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;
import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.vectors.PlainReplay;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Logs that were edited, beside the values of the TPM that measured the original. */
final class EventLogAttacks {
  private final LogTwins twins;
  private final LogBuilder uki;

  EventLogAttacks(LogTwins twins) {
    this.twins = twins;
    this.uki = twins.log("uki");
  }

  void make() throws IOException {
    types();
    separators();
    contents();
    nested();
    secureBoot();
    startValues();
    noAction();
    banks();
  }

  private void types() throws IOException {
    twins.judged(
        "uki",
        "l01a-unused",
        "the image's event retyped as one that says nothing",
        "uki",
        e -> e.withType(EV_UNUSED),
        "log-types");
    twins.judged(
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
    twins.judged(
        "uki-measured",
        "l01c-hidden-and-appended",
        "Secure Boot was off: that event retyped, and a better one extended and appended later",
        hidden,
        "log-types",
        "SecureBoot");
    twins.judged(
        "uki",
        "l02-image-as-blob",
        "the image's event retyped as a firmware volume's",
        "uki",
        e -> e.withType(EV_EFI_PLATFORM_FIRMWARE_BLOB),
        "log-types");
  }

  private void separators() throws IOException {
    twins.edit(
        "uki",
        "l03a-separator-retyped",
        "the separator of PCR 1 retyped as platform flags",
        "separator-1",
        e -> e.withType(EV_PLATFORM_CONFIG_FLAGS),
        "log-separators at PCR 1");
    twins.reject(
        "uki-measured",
        "l03b-separator-missing",
        "PCR 2 without its separator",
        uki.without("separator-2"),
        "log-separators at PCR 2");
    twins.reject(
        "uki-measured",
        "l03c-separator-twice",
        "PCR 3 with two separators",
        uki.after("separator-3", uki.entry("separator-3")),
        "log-separators at PCR 3");
    twins.edit(
        "uki-measured",
        "l03d-separator-error",
        "FFFFFFFF in PCR 6: the firmware reports an error",
        "separator-6",
        e -> e.measuring(Bytes.fromHex("ffffffff")),
        "log-separators at PCR 6");
    twins.judged(
        "uki-measured",
        "l03e-separator-longer",
        "a separator of five bytes",
        "separator-5",
        e -> e.measuring(Bytes.zeros(5)),
        "log-data");
  }

  /** Data that is not what its type promises; the digests are honest, or the TPM's. */
  private void contents() throws IOException {
    twins.judged(
        "uki",
        "l12a-name-length",
        "UnicodeNameLength 2^63: twice that overflows",
        "SecureBoot",
        e -> e.showing(variable(GLOBAL, "SecureBoot", Long.MIN_VALUE, 1, ON)),
        "log-data");
    twins.judged(
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
      twins.judged(
          "uki-measured",
          "l13" + letter + "-signature-list",
          Objects.requireNonNull(comments.get(name)),
          name,
          e -> e.measuring(variable(guid, name, list)),
          "log-data");
      letter = String.valueOf((char) (letter.charAt(0) + 1));
    }
    twins.judged(
        "uki",
        "l14a-tag-length",
        "a tagged event that is longer than its data",
        "initrd",
        e -> e.showing(BinaryWriter.littleEndian().u32(Boots.INITRD).u32(100).zeros(8).toBytes()),
        "log-data");
    twins.judged(
        "uki",
        "l14b-path-length",
        "LengthOfDevicePath 2^64 - 1",
        "uki",
        e -> e.showing(imageLoad(-1, filePath("\\EFI\\BOOT\\BOOTX64.EFI"))),
        "log-data");
  }

  /** Structures in the data of events that a reader must not follow blindly. */
  private void nested() throws IOException {
    Bytes gpt = gpt();
    twins.judged(
        "uki",
        "l14c-partition-count",
        "NumberOfPartitions 2^60: that many entries have no room anywhere",
        "gpt",
        e -> e.showing(with(gpt, 92, 0, 0, 0, 0, 0, 0, 0, 0x10)),
        "log-data");
    Bytes stuck = with(filePath("\\EFI\\BOOT\\BOOTX64.EFI"), 2, 0, 0);
    twins.judged(
        "grub-measured",
        "l14d-device-path-loop",
        "a device path node of no bytes: a reader that adds them up never ends",
        "grub",
        e -> e.showing(imageLoad(stuck.size(), stuck)),
        "log-data");
    Bytes tag = tagged(Boots.LOAD_OPTIONS, Bytes.utf8("options"));
    twins.judged(
        "uki-measured",
        "l14e-tag-count",
        "a second tag in the same event, longer than what is left",
        "load-options",
        e ->
            e.showing(
                Bytes.concat(
                    tag, BinaryWriter.littleEndian().u32(1).u32(0xffffffffL).zeros(4).toBytes())),
        "log-data");
    twins.judged(
        "uki-measured",
        "l22d-load-options-twice-in-one",
        "two tags of load options in one event",
        "load-options",
        e -> e.measuring(Bytes.concat(tag, tag)),
        "log-command-line");
  }

  private void secureBoot() throws IOException {
    twins.judged(
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
    twins.judged(
        "uki-measured",
        "l05a-secure-boot-twice",
        "SecureBoot measured twice",
        twice,
        "secure-boot",
        "again");
    twins.judged(
        "uki-measured",
        "l05b-secure-boot-late",
        "SecureBoot measured after the separator",
        uki.without("SecureBoot").after("separator-7", again),
        "secure-boot",
        "SecureBoot");
    twins.judged(
        "uki-measured",
        "secure-boot-off",
        "Secure Boot was off, and the log says so",
        "SecureBoot",
        e -> e.measuring(variable(GLOBAL, "SecureBoot", OFF)),
        "secure-boot");
  }

  private void startValues() throws IOException {
    var locality = twins.log("locality-3");
    var values = new int[] {1, 2, 5};
    for (int i = 0; i < values.length; i++) {
      int value = values[i];
      twins.edit(
          "locality-3",
          "l06%s-locality-%d".formatted((char) ('a' + i), value),
          "startup locality %d, from which no TPM starts".formatted(value),
          "locality",
          e -> e.showing(startupLocality(value)),
          "event 1: startup locality " + value);
    }
    var second = locality.entry("locality");
    twins.reject(
        "locality-3",
        "l06d-locality-twice",
        "the startup locality stated twice",
        locality.after("locality", second),
        "event 2: a second or late Startup Locality event");
    twins.reject(
        "locality-3",
        "l06e-locality-late",
        "the startup locality stated after PCR 0 was extended",
        locality.without("locality").after("pei", second),
        "event 3: a second or late Startup Locality event");
    twins.edit(
        "locality-3",
        "l06f-locality-pcr",
        "a startup locality in PCR 1",
        "locality",
        e -> e.withPcr(1),
        "event 1: a Startup Locality event for PCR 1");
    twins.edit(
        "locality-3",
        "l06g-locality-length",
        "a startup locality of 18 bytes",
        "locality",
        e -> e.showing(Bytes.concat(e.data(), OFF)),
        "event 1: a Startup Locality event of 18 bytes");
    twins.reject(
        "hcrtm",
        "l06h-hcrtm-contradicted",
        "an H-CRTM event after startup locality 3",
        twins.log("hcrtm").before("hcrtm", second),
        "event 2: an H-CRTM event after startup locality 3");
    var hcrtm = twins.log("hcrtm").entry("hcrtm");
    twins.reject(
        "hcrtm",
        "l06i-hcrtm-late",
        "an H-CRTM event after PCR 0 was extended",
        twins.log("hcrtm").without("hcrtm").after("version", hcrtm),
        "event 2: an H-CRTM event that is not the first of PCR 0");
    twins.reject(
        "uki",
        "l06j-locality-false",
        "startup locality 3 stated, where the TPM started at 0",
        uki.before("version", second),
        "log-replay at PCR 0");
  }

  private void noAction() throws IOException {
    var claim = Boots.entry(uki, "claim", 0, EV_NO_ACTION, Bytes.utf8("measured, it says"));
    twins.judged(
        "uki",
        "l07a-no-action-digest",
        "an event that extends nothing, with digests",
        uki.after("dxe", claim),
        "log-no-action",
        "claim");
    twins.judged(
        "uki",
        "l07b-no-action-pcr",
        "an event that extends nothing, in PCR 7",
        uki.after("pei", Boots.silent(uki, "claim", 7, Bytes.utf8("measured, it says"))),
        "log-no-action",
        "claim");
    twins.edit(
        "uki",
        "l07c-hidden-by-no-action",
        "the image's event retyped as one that extends nothing",
        "uki",
        e -> e.withType(EV_NO_ACTION),
        "log-replay at PCR 4");
  }

  private void banks() throws IOException {
    twins.reject(
        "uki",
        "l09e-bank-missing",
        "one event without a digest of the quoted bank",
        uki.edit("pei", e -> e.withBanks(HashAlgorithm.SHA1.tpmAlgId())),
        "log-bank");
    twins.judged(
        "uki-measured",
        "l15-banks-disagree",
        "the sha256 digest is that of the shown variable, the sha1 digest another's",
        "SecureBoot",
        e -> e.otherwiseIn(4, variable(GLOBAL, "SecureBoot", OFF)),
        "log-other-banks");
    var extended = uki.after("exited", Boots.entry(uki, "e", 12, EV_IPL, utf16z("debug")));
    twins
        .family()
        .otherFile(
            twins.positive("uki"),
            "l16-absent-from-log",
            "PCR 12 was extended, and the log has no event of it",
            "pcrs",
            PlainReplay.lines(extended.build(), false),
            "log-unlogged at PCR 12");
    twins.reject(
        "uki",
        "digest-byte",
        "one bit of the last event's sha256 digest changed",
        flipped(uki, "exited"),
        "log-replay at PCR 5");
    twins.reject(
        "uki",
        "l24a-truncated",
        "the log ends before the initrd",
        uki.cut("initrd"),
        "log-replay at PCR 5, 9");
    twins.judged(
        "uki-measured",
        "l24b-truncated-prefix",
        "the log and the values end before the handover was complete",
        uki.cut("exited"),
        "log-exit-boot-services",
        "exit");
    twins
        .family()
        .otherContext(
            twins.positive("l18-no-exit-boot-services"),
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
}
