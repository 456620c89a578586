// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hash;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static dev.trustme.ima.TestImaLog.none;
import static dev.trustme.ima.TestImaLog.signature;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Logs for the tests, and the short way to read one. */
final class ImaLogs {
  private ImaLogs() {}

  static ImaReader reader(Bytes log, ImaFormat format) {
    return ImaReader.of(new ByteArrayInputStream(log.toArray()), format);
  }

  static List<ImaEntry> entries(Bytes log, ImaFormat format) throws FormatException {
    List<ImaEntry> entries = new ArrayList<>();
    try (var reader = reader(log, format)) {
      while (reader.next()) {
        entries.add(reader.entry());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
    return entries;
  }

  static ImaReplay replay(Bytes log, ImaFormat format, ImaStart start) throws FormatException {
    try (var reader = reader(log, format)) {
      return ImaReplay.run(start, reader);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  static Digest value(Bytes log, ImaFormat format, ImaStart start) throws FormatException {
    return replay(log, format, start).value();
  }

  /** One entry of every template and some of custom descriptors. */
  static TestImaLog everyTemplate(TestImaLog log) {
    return everyTemplateButTheOldest(
        log.ng("sha256", "boot_aggregate").legacy(hash("sha1", "legacy"), "/bin/legacy"));
  }

  /**
   * Without boot aggregate and without the template "ima", which kernels do not mix with others.
   */
  static TestImaLog everyTemplateButTheOldest(TestImaLog log) {
    Bytes lengths = BinaryWriter.littleEndian().u32(20).u32(36).toBytes();
    return log.ng("sha1", "/bin/sha1")
        .ng("sha512", "/bin/sha512")
        .entry(
            "ima-sig",
            digest("sha256:", hash("sha256", "x")),
            name("/bin/signed"),
            hex(signature(3, 2, 4)))
        .entry("ima-sig", digest("sha256:", hash("sha256", "x")), name("/bin/unsigned"), none())
        .entry("ima-ngv2", digest("ima:sha256:", hash("sha256", "x")), name("/bin/ngv2"))
        .entry(
            "ima-sigv2",
            digest("verity:sha256:", hash("sha256", "x")),
            name("/bin/verity"),
            hex(signature(6, 3, 4)))
        .entry(
            "ima-buf",
            digest("sha256:", hash("sha256", "quiet")),
            name("kexec-cmdline"),
            hex(Bytes.utf8("quiet")))
        .entry(
            "ima-modsig",
            digest("sha256:", hash("sha256", "whole")),
            name("/lib/module.ko"),
            none(),
            digest("sha256:", hash("sha256", "part")),
            hex(Bytes.fromHex("3003020101")))
        .entry(
            "evm-sig",
            digest("sha256:", hash("sha256", "x")),
            name("/bin/evm"),
            hex(signature(5, 2, 4)),
            name("security.selinux|security.ima"),
            hex(lengths),
            hex(Bytes.utf8("values")),
            log.number(4, 1000),
            log.number(4, 0),
            log.number(2, 0100755))
        .entry("n-ng|d|imode", name("/bin/custom"), hex(hash("sha1", "x")), log.number(2, 0644))
        .violation("/var/log/open", 32)
        .violation("/var/log/old", 20);
  }
}
