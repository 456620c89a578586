// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;

import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.BootAggregate;
import dev.trustme.ima.ImaSignature;
import dev.trustme.ima.KernelHash;
import dev.trustme.ima.TestImaLog;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.cert.X509CertificateHolder;

/** A device whose files are measured; a file's content is its name. */
final class FileScenario {
  static final String RELEASED = "/usr/share/released";
  static final String RULE = "{files: signed-or-released, ahead: 2, keyrings: [.ima]}";

  final TestAuthority authority = new TestAuthority("Files");
  final KeyPair keys = TestAuthority.ecKeys();
  final X509CertificateHolder certificate =
      authority.leaf(TestAuthority.publicKey(keys), Role.FIRMWARE, Optional.empty());
  final Scenario scenario = PreparedVerdicts.named();
  String rule = RULE;

  FileScenario() throws FormatException {}

  /** A policy with this rule, and signers of files. */
  static Policy policy(String rule) {
    try {
      return Policy.parse(
          Bytes.utf8(
              Scenario.POLICY
                      .replace("8, 9, 11", "8, 9, 10, 11")
                      .replace(
                          "require:", "  files: {certificates: [f.pem], roots: [r.pem]}\nrequire:")
                  + "  ima: "
                  + rule
                  + "\n"));
    } catch (FormatException e) {
      throw new IllegalStateException(e);
    }
  }

  static Digest hash(String content) {
    return HashAlgorithm.SHA256.digest(Bytes.utf8(content));
  }

  TestImaLog start() {
    var aggregate = BootAggregate.PCR_0_TO_9.of(Scenario.BANK, scenario.claimed).orElseThrow();
    return TestImaLog.empty()
        .entry("ima-ng", digest("sha256:", aggregate.value()), name("boot_aggregate"));
  }

  /** So many signed files, and one of the release. */
  TestImaLog log(int signed) {
    var log = start();
    for (int i = 0; i < signed; i++) {
      signed(log, "/usr/bin/tool-" + i);
    }
    return unsigned(log, RELEASED, RELEASED);
  }

  Bytes signature(String content) {
    return ImaSignature.ofFile(
            KernelHash.SHA256,
            ImaFileSignature.keyId(certificate),
            TestAuthority.sign(keys, Bytes.utf8(content)))
        .encode();
  }

  TestImaLog signed(TestImaLog log, String path) {
    return log.entry(
        "ima-sig", digest("sha256:", hash(path).value()), name(path), hex(signature(path)));
  }

  /** The file has another content than when it was signed. */
  TestImaLog edited(TestImaLog log, String path) {
    return log.entry(
        "ima-sig", digest("sha256:", hash("edited").value()), name(path), hex(signature(path)));
  }

  static TestImaLog unsigned(TestImaLog log, String path, String content) {
    return log.entry("ima-ng", digest("sha256:", hash(content).value()), name(path));
  }

  /** The device measured this. */
  Scenario measuring(TestImaLog log) {
    return quoting(log.sha256(), log.binary());
  }

  /** The device shows this, and quotes that. */
  Scenario quoting(Digest pcr, Bytes shown) {
    scenario.policy = policy(rule);
    scenario.signers =
        Optional.of(
            new FileSigners(
                List.of(certificate), Optional.of(new TrustStore(List.of(authority.certificate)))));
    scenario.shipped =
        Optional.of(new ShippedFiles(Map.of(RELEASED, List.of(ShippedDigest.of(hash(RELEASED))))));
    scenario.ima = Optional.of(shown);
    var values = new TreeMap<>(scenario.claimed);
    values.put(10, pcr);
    scenario.claimed = values;
    return scenario.requote();
  }
}
