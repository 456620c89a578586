// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.ima.TestImaLog.booted;
import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static dev.trustme.ima.TestImaLog.none;
import static dev.trustme.ima.TestImaLog.signature;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.TestImaLog;
import dev.trustme.ima.TestImaLog.Field;
import dev.trustme.vectors.Vector;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** IMA logs that are right: every template in both forms, and what differs between kernels. */
final class ImaPositives {
  private static final String FILE = "/usr/bin/tool";
  private static final String SHA256 = "sha256:";

  private final FamilyMaker family;

  ImaPositives(FamilyMaker family) {
    this.family = family;
  }

  void make() throws IOException {
    templates();
    variants();
  }

  static Map<String, String> context(String format, Digest value) {
    var context = new TreeMap<String, String>();
    context.put("format", format);
    context.put("order", "little");
    context.put("template-hash", "sha1");
    context.put("rule", "per-bank");
    context.put("pcr-value", value.toString());
    return context;
  }

  Vector binary(String id, String comment, TestImaLog log) throws IOException {
    family.file(id + ".bin", log.binary());
    return family.accept(id, comment, Map.of("log", id + ".bin"), context("binary", log.sha256()));
  }

  Vector ascii(String id, String comment, TestImaLog log) throws IOException {
    family.file(id + ".txt", log.ascii());
    return family.accept(id, comment, Map.of("log", id + ".txt"), context("ascii", log.sha256()));
  }

  private void both(String id, String comment, TestImaLog log) throws IOException {
    binary(id, comment, log);
    ascii(id + "-ascii", comment + ", as text", log);
  }

  static Field sha256(String of) {
    return digest(SHA256, hash("sha256", of));
  }

  private void templates() throws IOException {
    both(
        "template-ima",
        "the oldest template alone: SHA-1, and a template hash over the padded name",
        TestImaLog.empty()
            .legacy(hash("sha1", "boot"), "boot_aggregate")
            .legacy(hash("sha1", "init"), "/sbin/init"));
    both("template-ima-ng", "ima-ng", booted().ng("sha256", FILE));
    both(
        "template-ima-sig",
        "ima-sig: one file signed, one not",
        booted()
            .entry("ima-sig", sha256("x"), name(FILE), hex(signature(3, 2, 4)))
            .entry("ima-sig", sha256("y"), name("/etc/passwd"), none()));
    both(
        "template-ima-ngv2",
        "ima-ngv2: a file's hash and an fs-verity digest",
        booted()
            .entry("ima-ngv2", digest("ima:sha256:", hash("sha256", "x")), name(FILE))
            .entry("ima-ngv2", digest("verity:sha256:", hash("sha256", "y")), name("/bin/v")));
    both(
        "template-ima-sigv2",
        "ima-sigv2: a signed fs-verity digest",
        booted()
            .entry(
                "ima-sigv2",
                digest("verity:sha256:", hash("sha256", "x")),
                name(FILE),
                hex(signature(6, 3, 4))));
    both(
        "template-ima-buf",
        "ima-buf: a kernel command line for kexec, and a key that went onto .ima",
        booted()
            .entry("ima-buf", sha256("quiet"), name("kexec-cmdline"), hex(Bytes.utf8("quiet")))
            .entry("ima-buf", sha256("cert"), name(".ima"), hex(Bytes.utf8("cert"))));
    both(
        "template-ima-modsig",
        "ima-modsig: an appended signature, and the digest without it",
        booted()
            .entry(
                "ima-modsig",
                sha256("whole"),
                name("/lib/module.ko"),
                none(),
                sha256("part"),
                hex(Bytes.fromHex("3003020101"))));
    both("template-evm-sig", "evm-sig: metadata and its portable signature", evm(booted()));
    both(
        "template-custom",
        "a custom descriptor in place of a name",
        booted()
            .entry(
                "n-ng|d|imode", name(FILE), hex(hash("sha1", "x")), booted().number(2, 0100755)));
  }

  private static TestImaLog evm(TestImaLog log) {
    return log.entry(
        "evm-sig",
        sha256("x"),
        name(FILE),
        hex(signature(5, 2, 4)),
        name("security.selinux|security.ima"),
        hex(BinaryWriter.littleEndian().u32(2).u32(3).toBytes()),
        hex(Bytes.utf8("abcde")),
        log.number(4, 1000),
        log.number(4, 0),
        log.number(2, 0100755));
  }

  private void variants() throws IOException {
    both("digests-sha384", "SHA-384 digests of files", booted().ng("sha384", FILE));
    both("digests-sha512", "SHA-512 digests of files", booted().ng("sha512", FILE));
    var sha1Bank = booted().ng("sha256", FILE);
    family.file("bank-sha1.bin", sha1Bank.binary());
    family.accept(
        "bank-sha1",
        "the SHA-1 bank's value",
        Map.of("log", "bank-sha1.bin"),
        context("binary", sha1Bank.sha1()));
    var big = TestImaLog.bigEndian().ng("sha256", "boot_aggregate");
    evm(big);
    family.file("big-endian.bin", big.binary());
    var order = new TreeMap<>(context("binary", big.sha256()));
    order.put("order", "big");
    family.accept("big-endian", "of a big-endian machine", Map.of("log", "big-endian.bin"), order);
    padded();
    var violated = booted().violation("/var/log/a", 32).violation("/var/log/b", 20);
    family.file("violations.bin", violated.binary());
    var tolerated = new TreeMap<>(context("binary", violated.sha256()));
    tolerated.put("violations", "tolerated");
    Vector violations =
        family.accept(
            "violations",
            "violations extend all ones; older kernels keep 20 zero bytes of any digest",
            Map.of("log", "violations.bin"),
            tolerated);
    family.otherContext(
        violations,
        "i02",
        "violations hidden among good entries",
        "violations",
        "refused",
        "ima-violations");
  }

  /** What kernels before 5.8 extend: the SHA-1 template hash and zeros. */
  private void padded() throws IOException {
    var log = booted();
    Bytes templateHash = log.binary().slice(4, 24);
    var measured = new Digest(HashAlgorithm.SHA256, Bytes.concat(templateHash, Bytes.zeros(12)));
    family.file("sha1-padded.bin", log.binary());
    var context =
        new TreeMap<>(context("binary", Digest.zero(HashAlgorithm.SHA256).extend(measured)));
    context.put("rule", "sha1-padded");
    family.accept(
        "sha1-padded", "of a kernel before 5.8", Map.of("log", "sha1-padded.bin"), context);
  }
}
