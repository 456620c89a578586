// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.cli.Launcher;
import dev.trustme.cli.pki.PkiMain;
import dev.trustme.files.Inputs;
import dev.trustme.issue.TestPki;
import dev.trustme.key.Judge;
import dev.trustme.key.KeyProtection;
import dev.trustme.trust.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A PKI folder of its own for each test, and certificates that openssl made. */
abstract class ImportWorkshop {
  private static final String ROLE = Role.ARC + ".1.13";

  @TempDir static Path shared;
  @TempDir Path dir;

  @BeforeAll
  static void create() throws Exception {
    TestPki.create("ci", shared.resolve("pki"), KeyProtection.plaintext());
  }

  void copy() throws Exception {
    try (Stream<Path> files = Files.walk(shared.resolve("pki"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            dir.resolve(shared.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  @BeforeEach
  void prepare() throws Exception {
    copy();
    Files.writeString(dir.resolve("pass"), "inside\n");
    Files.writeString(
        dir.resolve("ext.cnf"),
        """
        [root]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [leaf]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = %s
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [bare]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = codeSigning
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [plain]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        subjectKeyIdentifier = hash
        """
            .formatted(ROLE));
    key("root", "P-256");
    key("leaf", "P-256");
    request("root");
    request("leaf");
    Judge.accepts(
        "openssl",
        "x509",
        "-req",
        "-in",
        file("root.csr"),
        "-signkey",
        file("root.key"),
        "-days",
        "99",
        "-extfile",
        file("ext.cnf"),
        "-extensions",
        "root",
        "-out",
        file("root.pem"));
    leaf("leaf", "leaf.pem");
  }

  void key(String name, String curve) throws Exception {
    Judge.accepts(
        "openssl",
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:" + curve,
        "-out",
        file(name + ".key"));
  }

  void request(String name) throws Exception {
    Judge.accepts(
        "openssl",
        "req",
        "-new",
        "-key",
        file(name + ".key"),
        "-subj",
        "/CN=" + name,
        "-out",
        file(name + ".csr"));
  }

  void leaf(String extensions, String out) throws Exception {
    Judge.accepts(
        "openssl",
        "x509",
        "-req",
        "-in",
        file("leaf.csr"),
        "-CA",
        file("root.pem"),
        "-CAkey",
        file("root.key"),
        "-days",
        "9",
        "-extfile",
        file("ext.cnf"),
        "-extensions",
        extensions,
        "-out",
        file(out));
  }

  int role(String key, String... certificatesAndMore) {
    var arguments = Stream.<String>builder();
    Stream.of("--role", "user", "--key", file(key)).forEach(arguments);
    for (String item : certificatesAndMore) {
      if (item.endsWith(".pem")) {
        arguments.add("--cert").add(file(item));
      } else {
        arguments.add(item);
      }
    }
    return run(arguments.build().toArray(String[]::new));
  }

  int run(String... more) {
    var arguments =
        Stream.concat(
            Stream.of("import", "--quiet", "--pki", file("pki"), "--pass-file", file("pass")),
            Arrays.stream(more));
    return Launcher.run(new PkiMain(), arguments.toArray(String[]::new));
  }

  Map<String, Bytes> contents() throws Exception {
    Map<String, Bytes> contents = new TreeMap<>();
    Path pki = dir.resolve("pki");
    try (Stream<Path> files = Files.walk(pki)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(pki.relativize(file).toString(), Inputs.read(file));
      }
    }
    return contents;
  }

  String file(String name) {
    return dir.resolve(name).toString();
  }
}
