// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.Revocations;
import dev.trustme.issue.SmallPki;
import dev.trustme.key.Judge;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CRLHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small PKI folder, the verbs that change it, and what openssl says of the outcome. */
abstract class LifecycleFixture {
  static final String UUID = "7c673ee7-c41c-431a-89ad-11590e357214";
  static final String AT = SmallPki.AT.plusSeconds(3600).toString();
  static final String EPOCH = Long.toString(SmallPki.AT.plusSeconds(3700).getEpochSecond());

  @TempDir protected Path dir;

  @BeforeEach
  void makePki() throws Exception {
    SmallPki.create(dir.resolve("pki"));
  }

  void signed(String name, String uuid) throws Exception {
    request(name, "uuid:" + uuid);
    assertEquals(0, run("sign-csr", "--template", "device", file(name + ".csr"), "-o", file(name)));
  }

  void request(String name, String alternative) {
    assertEquals(
        0,
        Launcher.run(
            new PkiMain(),
            "request",
            "--quiet",
            "--subject",
            "CN=gate",
            "--name",
            alternative,
            "--key-out",
            file(name + ".key"),
            "--plaintext-keys",
            "-o",
            file(name + ".csr")));
  }

  /** Whether openssl, with the full lists of issuer and root, takes the certificate. */
  void checked(String name, boolean good, String issuer) throws Exception {
    var command =
        List.of(
            "openssl",
            "verify",
            "-crl_check",
            "-attime",
            EPOCH,
            "-CAfile",
            file("pki/certs/root.pem"),
            "-untrusted",
            file(name + "/" + name + ".pem"),
            "-CRLfile",
            pemOf(issuer),
            file(name + "/" + name + ".pem"));
    if (good) {
      Judge.accepts(command.toArray());
    } else {
      String words = Judge.refuses(command.toArray());
      assertTrue(words.contains("certificate revoked"), words);
    }
  }

  /** 1 where openssl, with full and delta list, takes the certificate, else 0. */
  int deltaChecked(String name, String issuer) throws Exception {
    Path both = dir.resolve("both.pem");
    Files.writeString(
        both,
        Files.readString(Path.of(pemOf(issuer)))
            + Files.readString(Path.of(pemOf(issuer + ".delta"))));
    Object[] command = {
      "openssl",
      "verify",
      "-crl_check",
      "-extended_crl",
      "-use_deltas",
      "-attime",
      EPOCH,
      "-CAfile",
      file("pki/certs/root.pem"),
      "-untrusted",
      file(name + "/" + name + ".pem"),
      "-CRLfile",
      both,
      file(name + "/" + name + ".pem")
    };
    try {
      Judge.accepts(command);
      return 1;
    } catch (AssertionError e) {
      String words = Judge.refuses(command);
      assertTrue(words.contains("certificate revoked"), words);
      return 0;
    }
  }

  String pemOf(String list) throws Exception {
    Path pem = dir.resolve(list + ".crl.pem");
    Judge.accepts(
        "openssl",
        "crl",
        "-inform",
        "DER",
        "-in",
        dir.resolve("pki/crls/" + list + ".crl"),
        "-out",
        pem);
    return pem.toString();
  }

  String ocsp(String name) throws Exception {
    return Judge.accepts(
        "openssl",
        "ocsp",
        "-respin",
        dir.resolve("pki/ocsp/device/" + serial(name) + ".ocsp"),
        "-issuer",
        dir.resolve("pki/certs/device.pem"),
        "-cert",
        dir.resolve(name + "/" + name + ".pem"),
        "-CAfile",
        dir.resolve("pki/certs/root.pem"),
        "-verify_other",
        dir.resolve("pki/certs/device.pem"),
        "-attime",
        EPOCH);
  }

  String serial(String name) throws Exception {
    return Revocations.serial(Certificates.parse(read(name + "/" + name + ".pem")).getFirst());
  }

  int revoked(String list) throws Exception {
    return new X509CRLHolder(read("pki/crls/" + list + ".crl").toArray())
        .getRevokedCertificates()
        .size();
  }

  void verifies(String chain) throws Exception {
    openssl(dir.resolve(chain), dir.resolve(chain), dir.resolve("pki/certs/root.pem"), true);
  }

  static void openssl(Path leaf, Path untrusted, Path root, boolean good) throws Exception {
    Object[] command = {
      "openssl",
      "verify",
      "-x509_strict",
      "-attime",
      EPOCH,
      "-CAfile",
      root,
      "-untrusted",
      untrusted,
      leaf
    };
    if (good) {
      Judge.accepts(command);
    } else {
      Judge.refuses(command);
    }
  }

  long number(String list) throws Exception {
    var extension =
        new X509CRLHolder(read("pki/crls/" + list + ".crl").toArray())
            .getExtension(org.bouncycastle.asn1.x509.Extension.cRLNumber);
    return org.bouncycastle.asn1.x509.CRLNumber.getInstance(extension.getParsedValue())
        .getCRLNumber()
        .longValueExact();
  }

  int run(String... arguments) {
    return at(AT, arguments);
  }

  int at(String time, String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of(arguments), Stream.of("--quiet", "--pki", file("pki"), "--at", time))
            .toArray(String[]::new));
  }

  int locked(String passphrase, String... arguments) {
    return Launcher.run(
        new PkiMain(),
        Stream.concat(
                Stream.of(arguments),
                Stream.of(
                    "--quiet",
                    "--pki",
                    file("locked"),
                    "--at",
                    AT,
                    "--pass-file",
                    file(passphrase)))
            .toArray(String[]::new));
  }

  PkiFolder pki() throws Exception {
    return PkiFolder.open(dir.resolve("pki"));
  }

  void assertIntactLog() throws Exception {
    assertTrue(pki().log().verify() instanceof Verdict.Accepted<?>);
  }

  Bytes read(String name) throws Exception {
    return Bytes.copyOf(Files.readAllBytes(dir.resolve(name)));
  }

  String file(String name) {
    return dir.resolve(name).toString();
  }

  /** Every file with its content. */
  Map<String, Bytes> snapshot() throws Exception {
    var found = new TreeMap<String, Bytes>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(dir.relativize(file).toString(), Bytes.copyOf(Files.readAllBytes(file)));
      }
    }
    return found;
  }

  Map<String, Bytes> snapshotOfPki() throws Exception {
    var all = snapshot();
    all.keySet().removeIf(name -> !name.startsWith("pki/"));
    return all;
  }
}
