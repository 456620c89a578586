// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static dev.trustme.ima.TestImaLog.digest;
import static dev.trustme.ima.TestImaLog.hex;
import static dev.trustme.ima.TestImaLog.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ima.TestImaLog;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What devices measured, judged with everything else. */
class MeasuredFilesTest {
  private final FileScenario files;

  MeasuredFilesTest() throws FormatException {
    files = new FileScenario();
  }

  private static void rejects(Scenario scenario, String... ids) throws FormatException {
    assertEquals(Arrays.asList(ids), scenario.failures());
  }

  private Check check(Scenario scenario, EvidenceCheck wanted) throws FormatException {
    return scenario.judge().checks().stream()
        .filter(c -> c.id().equals(wanted.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void acceptsSignedAndReleasedFiles() throws FormatException {
    var scenario = files.measuring(files.log(3));
    rejects(scenario);
    assertEquals(
        "3 signed by CN=leaf, 1 released", check(scenario, EvidenceCheck.IMA_FILES).seen());
    assertEquals("5 entries", check(scenario, EvidenceCheck.IMA_LOG).seen());
  }

  @Test
  void everyBadEntryIsNamedOrCounted() throws FormatException {
    var log = files.log(1);
    for (int i = 0; i < 30; i++) {
      FileScenario.unsigned(log, "/opt/odd-" + i, "odd");
    }
    var found = check(files.measuring(log), EvidenceCheck.IMA_FILES);
    assertTrue(found.seen().startsWith("/opt/odd-0: sha256:"), found.seen());
    assertTrue(found.seen().contains("; 29 more: entry 4 /opt/odd-1, 5 /opt/odd-2"), found.seen());
    assertTrue(found.seen().endsWith("22 /opt/odd-19, 23 /opt/odd-20, …"), found.seen());
    assertTrue(found.where().startsWith("IMA log, entry 3, offset 0x"), found.where());
  }

  @Test
  void oneBadEntryOfEachKindIsFoundInOneLog() throws FormatException {
    var log = files.log(1).violation("/var/busy", 32);
    FileScenario.unsigned(log, "/opt/odd", "odd");
    files.edited(log, "/opt/edited");
    FileScenario.unsigned(log, "/opt/../odd", "odd");
    log.legacy(HashAlgorithm.SHA1.digest(Bytes.utf8("x")).value(), "/opt/old");
    log.entry("ima-ng", digest("sha1:", hash1("x")), name("/opt/weak"));
    log.entry("ima-buf", digest("sha256:", FileScenario.hash("x").value()), name("x"), hex(x()));
    log.unmeasured(11, "ima-ng", digest("sha1:", hash1("x")), name("x"));
    rejects(
        files.measuring(log),
        "ima-pcr",
        "ima-template",
        "ima-violations",
        "ima-names",
        "ima-buffers",
        "ima-hash",
        "ima-signature",
        "ima-files");
  }

  private static Bytes x() {
    return Bytes.utf8("x");
  }

  private static Bytes hash1(String content) {
    return HashAlgorithm.SHA1.digest(Bytes.utf8(content)).value();
  }

  /** What is remembered of one device answers for the next, and not for another content. */
  @Test
  void rememberedEntriesChangeNoAnswer() throws FormatException {
    var good = files.log(20);
    var verifier = new EvidenceVerifier(FileScenario.policy(FileScenario.RULE), anchors(good));
    assertEquals(List.of(), failures(verifier, files.measuring(good)));
    assertEquals(List.of(), failures(verifier, files.measuring(good)));
    var edited = files.edited(files.log(20), "/usr/bin/tool-3");
    assertEquals(List.of("ima-signature"), failures(verifier, files.measuring(edited)));
    String relabelled = Bytes.utf8("ima-buf").hex();
    var bytes = good.binary();
    var shown = Bytes.fromHex(replaceFirst(bytes.hex(), Bytes.utf8("ima-sig").hex(), relabelled));
    assertEquals(List.of("ima-buffers"), failures(verifier, files.quoting(good.sha256(), shown)));
    var wrongHash = bytes.toArray();
    int second = files.start().binary().size();
    wrongHash[second + 4] ^= 1;
    assertEquals(
        List.of("ima-template-hash"),
        failures(verifier, files.quoting(good.sha256(), Bytes.copyOf(wrongHash))));
    var moved = bytes.toArray();
    moved[second] = 11;
    assertEquals(
        List.of("ima-log", "ima-ahead", "ima-pcr"),
        failures(verifier, files.quoting(good.sha256(), Bytes.copyOf(moved))));
  }

  private static String replaceFirst(String text, String from, String to) {
    int at = text.indexOf(from);
    return text.substring(0, at) + to + text.substring(at + from.length());
  }

  private TrustAnchors anchors(TestImaLog log) {
    return files.measuring(log).anchors();
  }

  private static List<String> failures(EvidenceVerifier verifier, Scenario scenario)
      throws FormatException {
    return verifier
        .verify(
            new EvidenceCase(
                scenario.evidence(),
                scenario.release(),
                Optional.empty(),
                List.of(),
                scenario.answer,
                scenario.last,
                scenario.at))
        .failures()
        .stream()
        .map(Check::id)
        .toList();
  }

  @Test
  void aKeyOfTheLogCountsOnlyWhileItIsValid() throws FormatException {
    var keys = TestAuthority.ecKeys();
    Instant until = Scenario.NOW.plusSeconds(60);
    var loaded =
        files.authority.leafUntil(
            TestAuthority.publicKey(keys), Role.FIRMWARE, Scenario.DEVICE.urn(), until);
    Bytes der = Certificates.der(loaded);
    var log =
        files
            .log(1)
            .entry(
                "ima-buf",
                digest("sha256:", HashAlgorithm.SHA256.digest(der).value()),
                name(".ima"),
                hex(der));
    var scenario = files.measuring(log);
    rejects(scenario);
    scenario.at = until.plusSeconds(1);
    assertTrue(scenario.failures().contains("ima-buffers"), scenario.failures()::toString);
  }

  /** However long the log: what was bad is kept in bounds, and time grows with its length. */
  @Test
  void longLogsAreJudgedInBoundedMemory() throws FormatException {
    var log = files.start();
    for (int i = 0; i < 20_000; i++) {
      FileScenario.unsigned(log, "/opt/odd-" + i, "odd");
    }
    var found = check(files.measuring(log), EvidenceCheck.IMA_FILES);
    assertTrue(found.seen().length() < 2000, found.seen());
    assertTrue(found.seen().contains("19999 more"), found.seen());
  }

  @Test
  void withoutTrustedReleaseNothingIsReleased() throws FormatException {
    var scenario = files.measuring(files.log(1));
    scenario.releaseCertificate =
        scenario.releases.leaf(
            TestAuthority.publicKey(scenario.releases.keys), Role.CONTAINER, Optional.empty());
    assertTrue(scenario.failures().contains("ima-files"));
  }

  @Test
  void aQuoteWithoutThePcrOfFilesFailsEveryCheckOfThem() throws FormatException {
    var scenario = files.measuring(files.log(1));
    scenario.claimed.remove(10);
    scenario.requote();
    var failures = scenario.failures();
    assertTrue(
        failures.containsAll(ImaAppraisal.CHECKS.stream().map(EvidenceCheck::id).toList()),
        failures::toString);
  }
}
