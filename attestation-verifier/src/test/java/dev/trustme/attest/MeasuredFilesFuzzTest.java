// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.release.ShippedDigest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.testing.HostileBytes;
import dev.trustme.trust.Check;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.TrustStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Logs of measured files from anywhere: judged the same twice, in bounds, or malformed. */
class MeasuredFilesFuzzTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("Files");
  private static final ImaDemand DEMAND =
      new ImaDemand(
          FileScenario.policy(
                  "{files: signed-or-released, ahead: 2, keyrings: [.ima, .evm],"
                      + " buffers: [kexec-cmdline], exclude: ['/tmp/.*']}")
              .require()
              .ima()
              .orElseThrow(),
          Optional.of(
              new FileSigners(
                  List.of(AUTHORITY.certificate),
                  Optional.of(new TrustStore(List.of(AUTHORITY.certificate))))),
          Revocation.OFF,
          Optional.of(
              new ShippedFiles(
                  Map.of(
                      "/usr/lib/library.so",
                      List.of(ShippedDigest.of(FileScenario.hash("/usr/lib/library.so")))))),
          Optional.of(FileScenario.hash("boot aggregate")),
          Scenario.NOW);

  @FuzzTest
  void judge(byte[] input) {
    HostileBytes.check(
        input,
        bytes -> {
          var known = new KnownEntries();
          var checks = checks(bytes, known);
          assertEquals(ImaAppraisal.CHECKS.size(), checks.size());
          assertEquals(checks, checks(bytes, known));
        });
  }

  private static List<Check> checks(Bytes log, KnownEntries known) throws FormatException {
    return ImaAppraisal.checks(
        Optional.of(DEMAND),
        Optional.of(log),
        Scenario.BANK,
        Map.of(10, FileScenario.hash("quoted")),
        known);
  }
}
