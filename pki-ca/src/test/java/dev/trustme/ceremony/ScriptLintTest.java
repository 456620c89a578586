// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The runbook's script with one thing changed: what is impossible is said, and where. */
class ScriptLintTest {
  private static final Path SCRIPT = Path.of("../docs/runbooks/ceremony.yaml");

  @Test
  void theRunbooksScriptIsPossibleAndInWords() throws Exception {
    var script = parse("", "");
    assertEquals(List.of(), ScriptLint.findings(script));
    var words = ScriptLint.words(script);
    assertEquals(script.steps().size(), words.size());
    assertTrue(
        words
            .get(1)
            .contains("Alice Example, Bob Example and Carol Example; any 2 of them open it"),
        words.get(1));
    assertTrue(words.get(7).contains("pki audit checkpoint --pki pki, with the secret 'roots'"));
  }

  @Test
  void theThresholdFitsTheCustodians() throws Exception {
    error("threshold: 2", "threshold: 4", "threshold 4 of 3 custodians: expected 2 to 3", 2);
    error("threshold: 2", "threshold: 1", "threshold 1 of 3 custodians: expected 2 to 3", 2);
    error(
        "shares/alice.txt, shares/carol.txt", "shares/alice.txt", "1 shares, but 2 are needed", 7);
  }

  @Test
  void peopleAreKnownAndHaveTheirRole() throws Exception {
    error("{by: [carol], text", "{by: [eve], text", "'eve' is no participant", 12);
    error("by: dave", "by: eve", "'eve' is no participant", 9);
    error(
        "Carol Example, roles: [custodian, witness]",
        "Carol Example, roles: [witness]",
        "'carol' has no role custodian",
        2);
  }

  @Test
  void filesAndSecretsAreMadeBeforeTheyAreUsed() throws Exception {
    error(
        "- file: profile.yaml",
        "- file: other.yaml",
        "profile.yaml is neither an input nor written before",
        3);
    error(
        "secret: roots}\n  - read",
        "secret: branches}\n  - read",
        "the secret 'branches' was not made before",
        3);
    error(
        "[shares/alice.txt, shares/carol.txt]",
        "[shares/alice.txt, pki/pki.json]",
        "pki/pki.json is no share of 'roots'",
        7);
    error("new-secret: daily", "new-secret: roots", "new-secret: another than 'roots'", 10);
    error("folder: working", "folder: pki", "pki exists already", 10);
    error(
        "  - confirm: {by: [carol], text: The",
        "  - check: {file: shares/bob.txt, digest: 'sha256:%s'}\n  - confirm: {by: [carol], text: The"
            .formatted("0".repeat(64)),
        "shares/bob.txt was wiped before",
        12);
  }

  @Test
  void whatSignsIsThereAtTheEnd() throws Exception {
    error(
        "files: [shares]", "files: [pki]", "transcript: the PKI 'pki' is not there at the end", 0);
    error(
        "transcript: {pki: pki, secret: roots}",
        "transcript: {pki: pki, secret: none}",
        "transcript: the secret 'none' is not made",
        0);
  }

  @Test
  void whatReviewersShouldSeeIsAWarning() throws Exception {
    warning("  - wipe: {files: [shares]}\n", "", "shares of 'roots' stay in the folder");
    warning(
        "  - combine: {secret: roots, shares: [shares/alice.txt, shares/carol.txt]}\n",
        "",
        "nobody tries whether the shares of 'roots' open it");
    warning(
        "  dave:  {",
        "  eve: {name: Eve, roles: [guest]}\n  dave:  {",
        "'eve' takes part in no step");
  }

  @Test
  void anythingElseIsMalformedWithItsPlace() {
    malformed("threshold: 2", "threshhold: 2", "line 22, column 90: steps[1].split.threshold");
    malformed("  - wipe:", "  - shell:", "line 39, column 3: steps[10]: a step has one kind");
    malformed("files: [shares]", "files: [../shares]", "expected a relative path");
    malformed("folder: shares", "folder: /tmp", "expected a relative path");
    malformed("command: checkpoint", "command: init", "no such command for a ceremony");
    malformed(
        "secret: roots}\n  - ask",
        "secret: roots, options: {pass-file: x}}\n  - ask",
        "'pass-file' is the ceremony's to give");
    malformed(
        "secret: roots}\n  - ask",
        "secret: roots, arguments: ['--force']}\n  - ask",
        "looks like an option");
    malformed("date: 2026-11-22", "date: 2026-13-22", "expected a day like 2026-11-22");
    malformed("  bob:   {", "  alice: {", "Duplicate field 'alice'");
  }

  private static CeremonyScript parse(String part, String replacement) throws Exception {
    String text = Files.readString(SCRIPT);
    assertTrue(text.contains(part), part);
    return CeremonyScript.parse(
        Bytes.utf8(part.isEmpty() ? text : text.replace(part, replacement)));
  }

  private static void error(String part, String replacement, String problem, int step)
      throws Exception {
    var errors =
        ScriptLint.findings(parse(part, replacement)).stream()
            .filter(ScriptLint.Finding::error)
            .toList();
    assertTrue(
        errors.stream().anyMatch(f -> f.problem().contains(problem) && f.step() == step),
        () -> problem + " of step " + step + " in " + errors);
    assertTrue(errors.stream().allMatch(f -> f.step() == 0 || f.line() > 20), errors.toString());
  }

  private static void warning(String part, String replacement, String problem) throws Exception {
    var findings = ScriptLint.findings(parse(part, replacement));
    assertEquals(1, findings.size(), findings.toString());
    assertTrue(!findings.getFirst().error() && findings.getFirst().problem().contains(problem));
  }

  private static void malformed(String part, String replacement, String problem) {
    var e = assertThrows(FormatException.class, () -> parse(part, replacement));
    assertTrue(e.problem().contains(problem), e.getMessage());
  }
}
