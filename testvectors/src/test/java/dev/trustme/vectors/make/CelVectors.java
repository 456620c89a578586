// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.cel.TestCelLog.extended;
import static dev.trustme.cel.TestCelLog.field;
import static dev.trustme.cel.TestCelLog.systemd;
import static dev.trustme.cel.TestCelLog.u8;
import static dev.trustme.vectors.make.FamilyMaker.with;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.CelRecord;
import dev.trustme.cel.ContainerEvent;
import dev.trustme.cel.TestCelLog;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** User space's logs: systemd's, .pcrlock files, CEL-TLV, and the container log. */
final class CelVectors {
  private static final String OURS = "made by this project, without keys; Apache-2.0";

  private final FamilyMaker family;

  CelVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "cel", OURS);
  }

  void make() throws IOException {
    systemdLog();
    tlv();
    pcrlock();
    containers();
    family.write();
  }

  private Vector accept(String id, String comment, String file, Map<String, String> context) {
    return family.accept(id, comment, Map.of("log", file), context);
  }

  private static String pcr(int index, Digest value) {
    return "%s:%d=%s".formatted(value.algorithm().label(), index, value.hex());
  }

  private static String pcr(int index, HashAlgorithm bank, String... measured) {
    return pcr(index, extended(bank, measured));
  }

  private void systemdLog() throws IOException {
    String[] phases = {"enter-initrd", "leave-initrd", "sysinit", "ready"};
    String machine = "machine-id:0123456789abcdef0123456789abcdef";
    String pcrs =
        String.join(
            " ",
            pcr(11, HashAlgorithm.SHA256, phases),
            pcr(11, HashAlgorithm.SHA1, phases),
            pcr(15, HashAlgorithm.SHA256, machine));
    Bytes log = TestCelLog.phases();
    family.file("systemd.log", log);
    Vector good =
        accept(
            "systemd",
            "phases of a boot and the machine's id",
            "systemd.log",
            Map.of("form", "systemd", "pcrs", pcrs));
    String text = log.utf8();
    String phase = systemd(11, "ready", "phase");
    refusedTexts(good, text);
    family
        .otherFile(
            good,
            "c01a",
            "an entry that its PCR was not extended with",
            "log",
            Bytes.concat(log, TestCelLog.sequence(systemd(11, "shutdown", "phase"))),
            "cel-replay")
        .otherFile(
            good,
            "string-altered",
            "the string is not what was hashed",
            "log",
            TestCelLog.sequence(phase.replace("{\"string\":\"ready\"", "{\"string\":\"other\"")),
            "cel-content");
  }

  private void refusedTexts(Vector good, String text) throws IOException {
    family
        .otherFile(
            good,
            "unfinished",
            "the last record has no line end",
            "log",
            Bytes.utf8(text.stripTrailing()),
            "record 4: is unfinished: no line end")
        .otherFile(
            good,
            "unknown-key",
            "a record with a key that the format does not have",
            "log",
            Bytes.utf8(text.replaceFirst("\\{\"pcr\"", "{\"x\":1,\"pcr\"")),
            "record 0: unknown key 'x'")
        .otherFile(
            good,
            "key-twice",
            "a record that names two PCRs under one key",
            "log",
            Bytes.utf8(text.replaceFirst("\\{\"pcr\"", "{\"pcr\":12,\"pcr\"")),
            "record 0: line 1, column 16: Duplicate field 'pcr'")
        .otherFile(
            good,
            "digest-size",
            "a digest with a digit too many",
            "log",
            Bytes.utf8(text.replaceFirst("\"digest\":\"", "\"digest\":\"00")),
            "record 0: digest: expected 64 lower-case hex digits");
  }

  private void tlv() throws IOException {
    Bytes data = Bytes.utf8("template data");
    Bytes event = Bytes.utf8("Exit Boot Services Invocation");
    Bytes version = field(1, Bytes.concat(field(0, u8(1)), field(1, u8(0))));
    Bytes log =
        TestCelLog.empty()
            .tlv(4, version, version)
            .tlv(5, TestCelLog.pcClient(0x80000007L, event), event)
            .tlv(7, TestCelLog.imaTemplate("ima-ng", data), data)
            .tlv(9, Bytes.utf8("of a later specification"), data)
            .tlv();
    Digest value = Digest.zero(HashAlgorithm.SHA256);
    for (Bytes measured : List.of(version, event, data, data)) {
      value = value.extend(HashAlgorithm.SHA256.digest(measured));
    }
    family.file("tlv.bin", log);
    Vector good =
        accept(
            "tlv",
            "a record of each kind, one of a type that is not known",
            "tlv.bin",
            Map.of("form", "tlv", "pcrs", pcr(10, value)));
    int handle = 5 + 8;
    int digests = handle + 6;
    family
        .otherFile(
            good,
            "tlv-recnum",
            "two records of one number",
            "log",
            with(log, 12, 1),
            "event log: record 1 has the number 1 after 1")
        .otherFile(
            good,
            "tlv-pcr-24",
            "a PCR that no TPM has",
            "log",
            with(log, handle + 5, 24),
            "CEL record: pcr: expected 0 to 23, found 24")
        .otherFile(
            good,
            "tlv-field-order",
            "digests where the PCR is expected",
            "log",
            with(log, handle, 3),
            "CEL record: a field of type 3, expected the PCR or NV index")
        .otherFile(
            good,
            "tlv-algorithm",
            "a digest of an unknown algorithm",
            "log",
            with(log, digests + 5, 0x05),
            "CEL digests: unknown algorithm 0x05")
        .otherFile(
            good,
            "tlv-length",
            "a length of 2^32 - 1",
            "log",
            with(log, digests + 1, 0xff, 0xff, 0xff, 0xff),
            "CEL record: need 4294967295 bytes, %d remain".formatted(log.size() - digests - 5));
  }

  private void pcrlock() throws IOException {
    String record = "{\"pcr\":4,\"digests\":%s}".formatted(TestCelLog.jsonDigests("image"));
    family
        .file("pcrlock.pcrlock", Bytes.utf8("{\"records\":[%s]}\n".formatted(record)))
        .file("array.json", Bytes.utf8("[%s]\n".formatted(record)));
    String pcrs = pcr(4, HashAlgorithm.SHA256, "image");
    Vector good =
        accept(
            "pcrlock",
            "a .pcrlock file: digests without content",
            "pcrlock.pcrlock",
            Map.of("form", "pcrlock", "pcrs", pcrs));
    accept(
        "array", "the same record in an array", "array.json", Map.of("form", "json", "pcrs", pcrs));
    family.otherFile(
        good,
        "pcrlock-key",
        "a key beside the records",
        "log",
        Bytes.utf8("{\"records\":[%s],\"y\":1}\n".formatted(record)),
        ".pcrlock: unknown key 'y'");
  }

  private static CelRecord start(long recnum, int pcr, long sequence) {
    var event =
        new ContainerEvent(
            HashAlgorithm.SHA256.digest(Bytes.utf8("manifest")),
            HashAlgorithm.SHA256.digest(Bytes.utf8("root")),
            HashAlgorithm.SHA256.digest(Bytes.utf8("launch")),
            "verity",
            ContainerEvent.NO_LABEL,
            Optional.of(3L),
            sequence);
    return CelRecord.of(recnum, pcr, event, Set.of(HashAlgorithm.SHA256));
  }

  private static Bytes log(CelRecord... records) {
    var lines = new StringBuilder();
    for (CelRecord each : records) {
      lines.append(each.encode().utf8()).append('\n');
    }
    return Bytes.utf8(lines.toString());
  }

  private void containers() throws IOException {
    CelRecord first = start(0, 13, 0);
    CelRecord second = start(1, 13, 1);
    Bytes log = log(first, second);
    Digest value =
        Digest.zero(HashAlgorithm.SHA256)
            .extend(first.measured().getFirst())
            .extend(second.measured().getFirst());
    family.file("containers.cel", log);
    Vector good =
        accept(
            "containers",
            "one container, started twice",
            "containers.cel",
            Map.of("form", "container", "pcrs", pcr(13, value)));
    String text = log.utf8();
    String manifest = HashAlgorithm.SHA256.digest(Bytes.utf8("manifest")).toString();
    String launch = HashAlgorithm.SHA256.digest(Bytes.utf8("launch")).toString();
    String other = HashAlgorithm.SHA256.digest(Bytes.utf8("other launch")).toString();
    family
        .otherFile(
            good,
            "c01b",
            "a record of another PCR than the log's",
            "log",
            log(first, start(1, 14, 1)),
            "container log: record 1 is of another PCR")
        .otherFile(
            good,
            "c02a",
            "one start twice, numbered anew",
            "log",
            log(first, start(1, 13, 0)),
            "cel-container-sequence")
        .otherFile(
            good,
            "c02b",
            "two records in the other order",
            "log",
            log(second, first),
            "container log: record 0 has another recnum")
        .otherFile(
            good,
            "c03",
            "a tag where the manifest's digest belongs",
            "log",
            Bytes.utf8(tagged(text, first.content().string(), manifest)),
            "container event: line 1, column 13: manifest: digest at offset 0 (0x0): expected"
                + " algorithm:lower-case-hex of the algorithm's size, found web:latest")
        .otherFile(
            good,
            "c04",
            "another launch description, its digest in the log as it was",
            "log",
            Bytes.utf8(text.replace(launch, other)),
            "CEL record: line 1, column 525: digests: sha256 is not the hash of the content");
  }

  /** The log whose events name a tag, with digests that are right. */
  private static String tagged(String text, String event, String manifest) {
    String other = event.replace(manifest, "web:latest");
    return text.replace(manifest, "web:latest")
        .replace(
            HashAlgorithm.SHA256.digest(Bytes.utf8(event)).hex(),
            HashAlgorithm.SHA256.digest(Bytes.utf8(other)).hex());
  }
}
