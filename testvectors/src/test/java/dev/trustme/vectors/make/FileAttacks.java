// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static dev.trustme.vectors.make.FamilyMaker.with;
import static dev.trustme.vectors.make.FileKeys.LIBRARY;
import static dev.trustme.vectors.make.FileKeys.SEALED;
import static dev.trustme.vectors.make.FileKeys.SERVER;
import static dev.trustme.vectors.make.FileKeys.TOOL;
import static dev.trustme.vectors.make.FileKeys.hash;
import static dev.trustme.vectors.make.FileKeys.sha256;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.TestImaLog;
import dev.trustme.ima.TestImaLog.Field;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Files that nobody signed or released, and logs of files that do not hold. */
final class FileAttacks {
  static final String SIGNERS = "  files: {certificates: [file.pem], roots: [file-root.pem]}\n";

  static final String RULE =
      """
        ima:
          files: signed-or-released
          ahead: 2
          keyrings: [.ima]
          buffers: [kexec-cmdline]
          exclude: ['/tmp/.*', '/var/log/[a-z]{1,40}']
      """;

  static final String POLICY =
      AttackVectors.POLICY
          .replace("  revocation: required\n", "  revocation: required\n" + SIGNERS)
          .replace("8, 9, 11", "8, 9, 10, 11")
          .replace("  option-roms: none\n", "  option-roms: none\n" + RULE);

  static final Digest VERITY = hash("verity");

  final AttackVectors all;
  final FileKeys keys = new FileKeys();
  final SoftEvidence device;
  final Vector good;
  private final Digest aggregate;

  FileAttacks(AttackVectors all) throws IOException, FormatException {
    this.all = all;
    aggregate = aggregate(BootAggregate.PCR_0_TO_9);
    device =
        all.device.with(e -> {
          e.selection =
              List.of(
                  TpmsPcrSelection.of(
                      SoftEvidence.BANK,
                      List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)));
          e.ima = Optional.of(log());
        });
    var files = new TreeMap<>(all.good.files());
    all.maker
        .file("file.pem", AttackVectors.pem(keys.signer))
        .file("file-root.pem", AttackVectors.pem(keys.root))
        .file("file.crl", AttackVectors.crl(keys.root, SoftEvidence.AT))
        .file("file-policy.yaml", Bytes.utf8(POLICY))
        .file("file-evidence.json", device.evidence())
        .file("file-release.json", release(shipped()));
    files.put("file-certificate", "file.pem");
    files.put("file-root", "file-root.pem");
    files.put("file-crl", "file.crl");
    files.put("policy", "file-policy.yaml");
    files.put("evidence", "file-evidence.json");
    files.put("release", "file-release.json");
    good =
        all.maker.accept(
            "good-files",
            "files that are signed, released, or excluded; a key on its keyring",
            files,
            all.good.context());
  }

  private Digest aggregate(BootAggregate variant) throws FormatException {
    return variant.of(SoftEvidence.BANK, all.device.values()).orElseThrow();
  }

  static Map<String, List<ShippedDigest>> shipped() {
    var files = new TreeMap<String, List<ShippedDigest>>();
    files.put(LIBRARY, List.of(ShippedDigest.of(hash(LIBRARY))));
    files.put(SEALED, List.of(new ShippedDigest(true, VERITY)));
    files.put("/usr/share/with space", List.of(ShippedDigest.of(hash("/usr/share/with_space"))));
    return files;
  }

  Bytes release(Map<String, List<ShippedDigest>> files) throws FormatException {
    return device.release(
        new ReleaseManifest.Contents(
            List.of(),
            List.of(),
            device.predictions("direct-uki", 4, 7, 9, 11, 12),
            Optional.of(new ShippedFiles(files))));
  }

  TestImaLog start() {
    return TestImaLog.empty().entry("ima-ng", sha256(aggregate), name("boot_aggregate"));
  }

  /** What the good device measured. */
  TestImaLog log() {
    var log = FileKeys.signed(start(), keys.signer, TOOL);
    FileKeys.key(log, ".ima", keys.loaded);
    FileKeys.signed(log, keys.loaded, SERVER);
    FileKeys.ng(log, LIBRARY);
    FileKeys.ng(log, "/usr/share/with_space");
    log.entry(
        "ima-sigv2", digest("verity:sha256:", VERITY.value()), name(SEALED), hex(Bytes.empty()));
    var other = hash("another verity");
    log.entry(
        "ima-sigv2",
        digest("verity:sha256:", other.value()),
        name("/usr/lib/signed.so"),
        hex(FileKeys.verity(keys.signer, other)));
    FileKeys.ng(log, "/tmp/build/a.out");
    return FileKeys.buffer(log, "kexec-cmdline", Bytes.utf8("quiet"));
  }

  void make() throws IOException, FormatException {
    entries();
    names();
    aggregates();
    quotes();
    boots();
    lengths();
    new FileContents(this).make();
    new FilePolicies(this).make();
  }

  /** The device measured this behind what the good one measured. */
  void measured(String id, String comment, UnaryOperator<TestImaLog> more, String check)
      throws IOException, FormatException {
    logged(id, comment, more.apply(log()), check);
  }

  void logged(String id, String comment, TestImaLog log, String check)
      throws IOException, FormatException {
    reject(id, comment, device.with(e -> e.ima = Optional.of(log)), check);
  }

  /** The device shows other bytes than it measured. */
  private void shown(String id, String comment, Bytes log, String check)
      throws IOException, FormatException {
    reject(id, comment, device.with(e -> e.shownIma = Optional.of(log)), check);
  }

  private void reject(String id, String comment, SoftEvidence other, String check)
      throws IOException, FormatException {
    all.maker.reject(good, id, comment, "evidence", other.evidence(), check);
  }

  private void entries() throws IOException, FormatException {
    Bytes log = log().binary();
    int second = start().binary().size();
    shown(
        "i01-template-hash",
        "one bit of a logged template hash is another",
        with(log, second + 4, log.at(second + 4) ^ 1),
        "ima-template-hash at IMA log, entry 1,");
    measured(
        "i02a-violation",
        "a violation among good entries",
        l -> FileKeys.ng(l.violation("/usr/bin/busy", 32), LIBRARY),
        "ima-violations");
    shown(
        "i02b-made-a-violation",
        "an entry is shown as a violation that it was not",
        Bytes.concat(log.slice(0, second + 4), Bytes.zeros(20), log.slice(second + 24, log.size())),
        "ima-log");
    measured(
        "i05a-other-pcr",
        "an entry of PCR 11 behind the others",
        l -> FileKeys.ofPcr(l, 11, LIBRARY),
        "ima-pcr");
  }

  private void names() throws IOException, FormatException {
    named("i03a-line-end", "a name with a line end, in an excluded folder", "/tmp/a\n10 0");
    named("i03c-dots", "a path that leaves an excluded folder", "/tmp/../usr/bin/evil");
    looksExcluded("i03d-prefix", "/tmpx/evil");
    looksExcluded("i03e-relative", "tmp/evil");
    looksExcluded("i03h-space", "/tmp x/evil");
    looksExcluded("i03j-folder-alone", "/tmp");
    Bytes broken = Bytes.concat(Bytes.utf8("/tmp/"), Bytes.fromHex("c028"));
    measured(
        "i03i-not-utf8",
        "a name below an excluded folder that is no text",
        l ->
            l.entry(
                "ima-ng", sha256(hash("x")), new Field(Bytes.concat(broken, Bytes.zeros(1)), "?")),
        "ima-files");
    measured(
        "i03b-nul",
        "a name that holds a NUL",
        l -> l.entry("d-ng|n", sha256(hash("x")), name("/usr/bin/ls\0/tmp/evil")),
        "IMA field n: ");
  }

  private void looksExcluded(String id, String path) throws IOException, FormatException {
    String comment = "a name that looks like an excluded one";
    measured(id, comment, l -> FileKeys.ng(l, path), "ima-files");
  }

  private void named(String id, String comment, String path) throws IOException, FormatException {
    measured(id, comment, l -> FileKeys.ng(l, path), "ima-names");
  }

  private void aggregates() throws IOException, FormatException {
    measured(
        "i03f-aggregate-again",
        "a file that is called boot_aggregate",
        l -> l.entry("ima-ng", sha256(aggregate), name("boot_aggregate")),
        "ima-boot-aggregate");
    logged(
        "i03g-aggregate-not-first",
        "a signed file comes before the boot aggregate",
        FileKeys.signed(TestImaLog.empty(), keys.signer, TOOL)
            .entry("ima-ng", sha256(aggregate), name("boot_aggregate")),
        "ima-boot-aggregate");
    logged(
        "i04a-aggregate-of-other-boot",
        "the boot aggregate is of other PCR values",
        TestImaLog.empty().entry("ima-ng", sha256(hash("x")), name("boot_aggregate")),
        "ima-boot-aggregate");
    logged(
        "i04b-aggregate-of-fewer",
        "the boot aggregate is the hash of PCR 0 to 7",
        TestImaLog.empty()
            .entry("ima-ng", sha256(aggregate(BootAggregate.PCR_0_TO_7)), name("boot_aggregate")),
        "ima-boot-aggregate");
    logged(
        "i04c-aggregate-sha1",
        "the boot aggregate is a SHA-1 hash",
        TestImaLog.empty()
            .entry(
                "ima-ng",
                digest("sha1:", HashAlgorithm.SHA1.digest(aggregate.value()).value()),
                name("boot_aggregate")),
        "ima-boot-aggregate");
    logged(
        "i04d-aggregate-violation",
        "the boot aggregate is a violation",
        TestImaLog.empty().violation("boot_aggregate", 32),
        "ima-boot-aggregate");
    logged(
        "i04e-aggregate-verity",
        "the boot aggregate is an fs-verity digest",
        TestImaLog.empty()
            .entry("ima-ngv2", digest("verity:sha256:", aggregate.value()), name("boot_aggregate")),
        "ima-boot-aggregate");
  }

  private void quotes() throws IOException, FormatException {
    shown("i08a-log-behind-quote", "the log ends before the quote", start().binary(), "ima-log");
    all.maker.accept(
        good,
        "good-files-log-ahead",
        "two signed entries behind the quote, as the policy takes",
        "evidence",
        device.with(e -> e.shownIma = Optional.of(ahead(2))).evidence());
    shown("i08b-log-ahead", "three entries behind the quote", ahead(3), "ima-ahead");
    noLog();
    shown(
        "i08f-ahead-not-signed",
        "an unsigned file behind the quote",
        FileKeys.ng(log(), "/usr/bin/evil").binary(),
        "ima-files");
  }

  private void noLog() throws IOException, FormatException {
    reject(
        "i08c-quote-covers-nothing",
        "PCR 10 was never extended",
        device.with(e -> {
          e.ima = Optional.of(TestImaLog.empty());
          e.shownIma = Optional.of(start().binary());
        }),
        "ima-log");
    reject(
        "i08d-no-entry",
        "a log without entries, of a PCR 10 that was never extended",
        device.with(e -> e.ima = Optional.of(TestImaLog.empty())),
        "ima-log");
    reject("i08e-no-log", "no IMA log", device.with(e -> e.hidesIma = true), "ima-log");
  }

  private void boots() throws IOException, FormatException {
    Bytes log = log().binary();
    shown(
        "i11a-log-before-reset",
        "the log of the boot before",
        FileKeys.ng(FileKeys.signed(start(), keys.signer, TOOL), LIBRARY).binary(),
        "ima-log");
    shown(
        "i11b-rest-of-log",
        "only what follows what was shown the last time",
        log.slice(start().binary().size(), log.size()),
        "ima-log");
  }

  private Bytes ahead(int entries) {
    var log = log();
    for (int i = 0; i < entries; i++) {
      FileKeys.signed(log, keys.signer, "/usr/bin/late-" + i);
    }
    return log.binary();
  }

  private void lengths() throws IOException, FormatException {
    Bytes log = log().binary();
    int dataLength = start().binary().size() + 4 + 20 + 4 + 7;
    measured(
        "i09a-algorithm-without-end",
        "the digest's algorithm has no end",
        l -> l.entry("ima-ngv2", digest("ima:sha256", hash(TOOL).value()), name(TOOL)),
        "IMA field d-ngv2");
    shown(
        "i09b-data-length",
        "template data of 2^31 bytes",
        with(log, dataLength, 0, 0, 0, 0x80),
        "IMA entry");
    shown(
        "i09c-field-length",
        "a field longer than the template data",
        with(log, dataLength + 4, 0xff, 0xff, 0xff, 0xff),
        "IMA entry");
    shown("i05b-no-such-pcr", "an entry of PCR 25", with(log, 0, 25), "IMA entry");
    shown("i09d-log-cut", "the log ends in an entry", log.slice(0, log.size() - 1), "IMA entry");
  }
}
