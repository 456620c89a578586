// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Revocation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  @Test
  void readsEveryDemand() throws FormatException {
    var policy = Policy.parse(Bytes.utf8(Scenario.POLICY));
    assertEquals(Duration.ofMinutes(5), policy.require().freshness().maxAge().duration());
    assertEquals(Scenario.selection(), policy.require().pcrs().selection());
    assertEquals(41, policy.require().release().minSequence());
  }

  private static void rejectsFiles(String rule, String words) {
    String yaml =
        Scenario.POLICY
                .replace("8, 9, 11", "8, 9, 10, 11")
                .replace("require:", "  files: {roots: [r.pem]}\nrequire:")
            + "  ima:\n"
            + rule.indent(4);
    var problem = assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(yaml)));
    assertTrue(problem.problem().contains(words), problem::problem);
  }

  @Test
  void readsWhatFilesNeed() {
    var rule =
        FileScenario.policy(
                "{files: signed-and-released, ahead: 7, hash: sha512, templates: [d-ngv2|n-ng],"
                    + " keyrings: [.ima], buffers: [kexec-cmdline], exclude: ['/tmp/.*']}")
            .require()
            .ima()
            .orElseThrow();
    assertEquals(7, rule.ahead());
    assertEquals("/tmp/.*", rule.exclude().orElseThrow().getFirst().toString());
  }

  @Test
  void namesTheLineOfABadPattern() {
    rejectsFiles(
        "files: released\nahead: 0\nexclude:\n  - /tmp/.*\n  - /tmp/(",
        "line 17, column 9: require.ima.exclude[1]: /tmp/(: missing closing )");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'files: released'|ahead",
        "'ahead: 1'|files",
        "'files: all\nahead: 1'|expected one of",
        "'files: released\nahead: -1'|expected 0 to",
        "'files: released\nahead: 1000001'|expected 0 to",
        "'files: released\nahead: 1\nhash: sha1'|too weak",
        "'files: released\nahead: 1\nhash: md5'|hash",
        "'files: released\nahead: 1\ntemplates: [ima]'|d-ng",
        "'files: released\nahead: 1\ntemplates: [n-ng]'|d-ng",
        "'files: released\nahead: 1\ntemplates: []'|at least one",
        "'files: released\nahead: 1\nkeyrings: [.ima, .ima]'|twice",
        "'files: released\nahead: 1\nkeyrings: [.ima]\nbuffers: [.ima]'|keyring is among",
        "'files: released\nahead: 1\nexclude: []'|expected a pattern",
        "'files: released\nahead: 1\ntolerate: violations'|tolerate"
      })
  void rejectsWhatFilesCannotNeed(String rule, String words) {
    rejectsFiles(rule.replace("\\n", "\n"), words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "---\n", "{}", "schema: trustme/policy/1\n", "[]", "# nothing\n"})
  void rejectsPolicyThatDemandsNothing(String yaml) {
    assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(yaml)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "policy/1|policy/2",
        "threshold: 1|threshold: 0",
        "threshold: 1|threshold: 1.5",
        "', threshold: 1'|''",
        "[software-root.pem]|[]",
        "secure-boot: required|secure-boot: off",
        "secure-boot: required|secure-boot: REQUIRED",
        "'  secure-boot: required\n'|''",
        "secure-boot: required|'secure-boot: required\n  tolerate: [all]'",
        "secure-boot: required|'secure-boot: required\n  secure-boot: required'",
        "bank: sha256|bank: sha1",
        "bank: sha256|bank: md5",
        "'13, 14]'|'13, 14, 14]'",
        "'13, 14]'|'13, 14, 10]'",
        "'13, 14]'|'13, 14, 16]'",
        "'13, 14]'|'13, 14, -1]'",
        "'[0, 1, 2, 3, 4,'|'[0, 1, 2, 3,'",
        "'[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]'|'[]'",
        "max-age: 5m|max-age: 5",
        "max-age: 5m|max-age: 0m",
        "max-age: 5m|max-age: -5m",
        "clock: safe|clock: none",
        "min-sequence: 41|min-sequence: -1",
        "min-sequence: 41|min-sequnce: 41",
      })
  void rejectsWhatItDoesNotKnow(String from, String to) {
    assertTrue(Scenario.POLICY.contains(from), from);
    String changed = Scenario.POLICY.replace(from, to);
    assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(changed)), changed);
  }

  private static final String MORE =
      Scenario.POLICY.replace(
              "devices: {roots: [customer-root.pem]}",
              """
              devices: {roots: [customer-root.pem]}
                enrolment: {roots: [enrolment.pem]}
                makers: {roots: [makers.pem]}
                revocation: if-present\
              """)
          + """
            quote: {schemes: [rsapss, ecdsa], hash: sha384}
            tpm: {firmware: {"id:494E5443": "0258001200060000", any: "0000000000000001"}}
            floors: {dbx: {entries: 371}, sbat: {shim: 4, grub: 3}}
            firmware: enrolled
            option-roms: none
          forbid: {devices: [6e37c0b0-4dd3-4b7f-8f7e-4f3b5f4b1a10]}
          tolerate: [firmware-events, log-exit-boot-services]
          """
              .indent(0);

  @Test
  void readsWhatMayBeLeftOut() throws FormatException {
    var policy = Policy.parse(Bytes.utf8(MORE));
    var require = policy.require();
    assertEquals(List.of("firmware-events", "log-exit-boot-services"), policy.tolerate().get());
    assertEquals(371, require.floors().get().dbx().get().entries());
    var tpm = require.tpm().get();
    assertEquals(Optional.of("0000000000000001"), tpm.floor(Optional.empty()));
    assertEquals(
        Optional.of("0258001200060000"),
        tpm.floor(Optional.of(new EnrolmentRecord.Tpm("id:494e5443", "x", "y"))));
    assertEquals(Revocation.OFF, TrustAnchors.revocation(policy, List.of()));
    var required = Policy.parse(Bytes.utf8(MORE.replace("if-present", "required")));
    assertEquals(Revocation.Mode.REQUIRED, TrustAnchors.revocation(required, List.of()).mode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "revocation: if-present|revocation: if_present",
        "revocation: if-present|revocation: off",
        "enrolment: {roots: [enrolment.pem]}|enrolment: {roots: []}",
        "[rsapss, ecdsa]|[]",
        "[rsapss, ecdsa]|[ecdsa, ecdsa]",
        "[rsapss, ecdsa]|[ecdaa]",
        "hash: sha384|hash: sha1",
        "'\"0258001200060000\"'|'\"258001200060000\"'",
        "id:494E5443|INTC",
        "'{\"id:494E5443\": \"0258001200060000\", any: \"0000000000000001\"}'|{}",
        "entries: 371|entries: 0",
        "'dbx: {entries: 371}, sbat: {shim: 4, grub: 3}'|''",
        "shim: 4|shim: 0",
        "firmware: enrolled|firmware: any",
        "option-roms: none|option-roms: some",
        "6e37c0b0-4dd3|6E37C0B0-4dd3",
        "[6e37c0b0-4dd3-4b7f-8f7e-4f3b5f4b1a10]|[]",
        "'[firmware-events, log-exit-boot-services]'|[]",
        "firmware-events,|'firmware-events, firmware-events,'",
        "firmware-events,|'pcr-4,'",
        "firmware-events,|'nothing,'",
      })
  void rejectsWhatItDoesNotKnowThere(String from, String to) {
    assertTrue(MORE.contains(from), from);
    String changed = MORE.replace(from, to);
    assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(changed)), changed);
  }
}
