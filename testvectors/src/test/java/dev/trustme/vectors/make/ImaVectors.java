// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.ima.TestImaLog.booted;
import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static dev.trustme.ima.TestImaLog.signature;
import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.TestImaLog;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The kernel's log of measured files: what is wrong with a log. */
final class ImaVectors {
  private static final String OURS = "made by this project, without keys; Apache-2.0";
  private static final String FILE = "/usr/bin/tool";
  private static final String SHA256 = "sha256:";

  private final FamilyMaker family;
  private final ImaPositives positives;
  private final TestImaLog goodLog =
      TestImaLog.empty()
          .entry("ima-ng", digest(SHA256, aggregate().value()), name("boot_aggregate"))
          .ng("sha256", "/usr/sbin/init")
          .ng("sha256", FILE);

  ImaVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "ima", OURS);
    positives = new ImaPositives(family);
  }

  void make() throws IOException {
    positives.make();
    Vector good = good();
    entries(good);
    lengths(good);
    lines();
    quotes();
    signatures();
    digestTypes();
    states();
    family.write();
  }

  private static Digest pcr(int index) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8("PCR " + index));
  }

  /** The hash of {@link #pcr} 0 to 9. */
  private static Digest aggregate() {
    var parts = new Bytes[10];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = pcr(i).value();
    }
    return HashAlgorithm.SHA256.digest(parts);
  }

  private static String pcrs(int changed) {
    var text = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      text.append(
          "%ssha256:%d=%s".formatted(i == 0 ? "" : " ", i, pcr(i + (i == changed ? 50 : 0)).hex()));
    }
    return text.toString();
  }

  private Vector good() throws IOException {
    family.file("good.bin", goodLog.binary());
    var context = new TreeMap<>(ImaPositives.context("binary", goodLog.sha256()));
    context.put("pcrs", pcrs(-1));
    context.put("violations", "refused");
    return family.accept(
        "good",
        "a boot aggregate of the given PCRs and two files",
        Map.of("log", "good.bin"),
        context);
  }

  private void entries(Vector good) throws IOException {
    Bytes log = goodLog.binary();
    family
        .otherFile(
            good,
            "i01",
            "one byte of a logged template hash changed",
            "log",
            with(log, 4, log.at(4) ^ 1),
            "ima-template-hash")
        .otherFile(
            good,
            "i03b",
            "a name that holds a NUL: the rest is hidden from who prints it",
            "log",
            start().ng("sha256", "/bin/ls\0/tmp/evil").binary(),
            "IMA field n-ng: a string that holds a NUL before its end")
        .otherFile(
            good,
            "i03c",
            "a path with ..",
            "log",
            start().ng("sha256", "/usr/bin/../../tmp/evil").binary(),
            "ima-name-dots")
        .otherFile(
            good,
            "i03d",
            "a path with a line end",
            "log",
            start().ng("sha256", "/tmp/evil\n10 0000 ima-ng").binary(),
            "ima-name-control")
        .otherFile(
            good,
            "i03e",
            "a file that is called boot_aggregate",
            "log",
            start().ng("sha256", "boot_aggregate").binary(),
            "ima-boot-aggregate-once")
        .otherFile(
            good,
            "i03f",
            "the boot aggregate is not the first entry",
            "log",
            TestImaLog.empty().ng("sha256", FILE).binary(),
            "ima-boot-aggregate-first")
        .otherContext(
            good,
            "i04",
            "PCR 9 is another than the one that was aggregated",
            "pcrs",
            pcrs(9),
            "ima-boot-aggregate")
        .otherFile(good, "i05a", "an entry of PCR 11", "log", with(log, 0, 11), "ima-pcr")
        .otherFile(
            good,
            "i05b",
            "an entry of PCR 24, which no TPM has",
            "log",
            with(log, 0, 24),
            "IMA entry: PCR 24, expected 0 to 23");
  }

  /** What a log of the good one's boot begins with. */
  private static TestImaLog start() {
    return TestImaLog.empty()
        .entry("ima-ng", digest(SHA256, aggregate().value()), name("boot_aggregate"));
  }

  private void lengths(Vector good) throws IOException {
    Bytes log = goodLog.binary();
    int nameLength = 24;
    int dataLength = nameLength + 4 + 6;
    family
        .otherFile(
            good,
            "i09a",
            "the digest's algorithm has no end",
            "log",
            start().entry("ima-ng", digest("sha256", hash("sha256", "x")), name(FILE)).binary(),
            "IMA field d-ng: the digest's algorithm does not end in a colon and a NUL")
        .otherFile(
            good,
            "i09b",
            "template data of 2^31 bytes",
            "log",
            with(log, dataLength, 0, 0, 0, 0x80),
            "IMA entry: needs 2147483686 bytes, expected at most 67108864")
        .otherFile(
            good,
            "i09c",
            "a field longer than the template data",
            "log",
            with(log, dataLength + 4, 0xff, 0xff, 0xff, 0xff),
            "IMA entry: field d-ng of 4294967295 bytes, 59 remain")
        .otherFile(
            good,
            "i09d",
            "an algorithm that the kernel does not have",
            "log",
            start().entry("ima-ng", digest("sha257:", hash("sha256", "x")), name(FILE)).binary(),
            "IMA field d-ng: unknown digest algorithm 'sha257'")
        .otherFile(
            good,
            "i09e",
            "a SHA-256 digest under the name of SHA-512",
            "log",
            start().entry("ima-ng", digest("sha512:", hash("sha256", "x")), name(FILE)).binary(),
            "IMA field d-ng: a sha512 digest of 32 bytes")
        .otherFile(
            good,
            "i09f",
            "an unknown template",
            "log",
            with(log, nameLength + 4 + 5, 'h'),
            "IMA entry: unknown template ima-nh")
        .otherFile(
            good,
            "i09g",
            "a template name without a letter",
            "log",
            with(log, nameLength, 0),
            "IMA entry: a template name of 0 bytes, expected 1 to 255")
        .otherFile(
            good,
            "i09h",
            "the log ends in the middle of an entry",
            "log",
            log.slice(0, log.size() - 1),
            "IMA entry: need 62 bytes, 61 remain");
  }

  private void lines() throws IOException {
    var log = booted().ng("sha256", "/tmp/name");
    Vector good = positives.ascii("good-ascii", "a text log", log);
    family
        .otherFile(
            good,
            "i03a",
            "a name with a line end breaks its line",
            "log",
            booted().ng("sha256", "/tmp/name\nrest").ascii(),
            "IMA line: expected a PCR in two columns")
        .otherFile(
            good,
            "i03g",
            "two names with spaces: their limits are lost",
            "log",
            booted().entry("n|n-ng", name("/tmp/a b"), name("c")).ascii(),
            "IMA line: more spaces than the template has fields: ambiguous")
        .otherFile(
            good,
            "i03h",
            "the last line is cut",
            "log",
            log.ascii().slice(0, log.ascii().size() - 1),
            "IMA line: the last line has no end");
  }

  private void quotes() throws IOException {
    var quoted = booted().ng("sha256", "/a").ng("sha256", "/b");
    var longer = booted().ng("sha256", "/a").ng("sha256", "/b").ng("sha256", "/c");
    family.file("quoted.bin", quoted.binary()).file("longer.bin", longer.binary());
    var context = new TreeMap<>(ImaPositives.context("binary", quoted.sha256()));
    Vector exact =
        family.accept("quoted", "as long as the quote", Map.of("log", "quoted.bin"), context);
    family.otherFile(
        exact,
        "i08a",
        "the log ends before what the quote covers",
        "log",
        booted().ng("sha256", "/a").binary(),
        "ima-replay");
    var ahead = new TreeMap<>(context);
    ahead.put("ahead", "1");
    Vector allowed =
        family.accept(
            "i08b",
            "one entry more than the quote covers, where one is tolerated",
            Map.of("log", "longer.bin"),
            ahead);
    family.otherContext(
        allowed,
        "i08c",
        "one entry more than the quote covers, where none is tolerated",
        "ahead",
        "0",
        "ima-log-ahead");
  }

  private void signatures() throws IOException {
    Vector good =
        positives.binary("signed", "a file with its signature", signed(signature(3, 2, 4)));
    family
        .otherFile(
            good,
            "i06a",
            "a signature of version 9",
            "log",
            signed(signature(3, 9, 4)).binary(),
            "ima-signature-form")
        .otherFile(
            good,
            "i06b",
            "a signature of a SHA-1 hash beside a SHA-256 digest",
            "log",
            signed(signature(3, 2, 2)).binary(),
            "ima-signature-hash");
  }

  private static TestImaLog signed(Bytes signature) {
    return booted().entry("ima-sig", ImaPositives.sha256("x"), name(FILE), hex(signature));
  }

  private void digestTypes() throws IOException {
    var log = typed("ima:sha256:");
    family.file("file-digest.bin", log.binary());
    var context = new TreeMap<>(ImaPositives.context("binary", log.sha256()));
    context.put("file", FILE);
    context.put("file-digest", SHA256 + hash("sha256", "x").hex());
    Vector good =
        family.accept(
            "file-digest", "a file by its hash", Map.of("log", "file-digest.bin"), context);
    family.otherFile(
        good,
        "i10",
        "an fs-verity digest of the same bytes is not the file's hash",
        "log",
        typed("verity:sha256:").binary(),
        "ima-file-digest");
  }

  private static TestImaLog typed(String prefix) {
    return booted().entry("ima-ngv2", digest(prefix, hash("sha256", "x")), name(FILE));
  }

  private void states() throws IOException {
    var known = booted().ng("sha256", "/a");
    var longer = booted().ng("sha256", "/a").ng("sha256", "/b");
    String aggregate = SHA256 + hash("sha256", "boot_aggregate").hex();
    family
        .file("tail.bin", longer.binary().slice(known.binary().size(), longer.binary().size()))
        .file("state.json", state(known.sha256(), aggregate));
    var context = new TreeMap<>(ImaPositives.context("binary", longer.sha256()));
    context.put("boot-aggregate", aggregate);
    context.put("reset-count", "7");
    Vector good =
        family.accept(
            "incremental",
            "the entries behind an earlier replay of the same boot",
            Map.of("log", "tail.bin", "state", "state.json"),
            context);
    family.otherContext(
        good, "i11", "the TPM was reset since the earlier replay", "reset-count", "8", "ima-state");
  }

  private static Bytes state(Digest value, String aggregate) {
    return Bytes.utf8(
        """
        {"schema":"trustme/ima-state/1","pcr":10,"entries":2,"value":"%s","boot-aggregate":"%s",\
        "reset-count":7}
        """
            .formatted(value, aggregate));
  }
}
