// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.json.Json;
import dev.trustme.trust.Revocation.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The 208 cases of x509-limbo through the code that judges every path here; docs/x509-limbo.md is
 * the score and lists each disagreement with its reason.
 */
@EnabledIfEnvironmentVariable(named = "TRUSTME_CORPUS", matches = ".+")
class LimboTest {
  private static final Path PAGE = Path.of("../docs/x509-limbo.md");
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String BROWSERS = "webpki::";
  private static final String NAMES = "matching a peer's host name is the caller's, not the path's";
  private static final String AUTHORITY = "an authority is never a signer here";
  private static final String ANCHOR =
      "what is asked of a browser's root is not asked of an anchor";

  /** Why this suite answers otherwise, by the longest prefix of the case's name. */
  private static final Map<String, String> REASONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "cve::cve-2024-0567",
                  "the anchor is cross-signed and lacks its issuer's key identifier, which"
                      + " rfc5280::aki::cross-signed-root-missing-aki wants refused"),
              Map.entry(
                  "online::fastly.com",
                  "the anchor's serial number is 0, as in" + " rfc5280::serial::zero"),
              Map.entry("pathlen::validation-ignores-pathlen-in-leaf", AUTHORITY),
              Map.entry("rfc5280::ca-as-leaf", AUTHORITY),
              Map.entry("webpki::aki::", ANCHOR),
              Map.entry("webpki::cn::", "common names are not read; " + NAMES),
              Map.entry(
                  "webpki::eku::ee-anyeku",
                  "anyExtendedKeyUsage counts for nothing, and the usage itself is named beside it"),
              Map.entry("webpki::eku::ee-critical-eku", "RFC 5280 lets it be critical"),
              Map.entry("webpki::eku::ee-without-eku", "accepted with a warning: wider keys"),
              Map.entry("webpki::eku::root-has-eku", "an anchor may restrict what is below it"),
              Map.entry(
                  "webpki::nc::permitted-dns-match-noncritical",
                  "name constraints must be critical, as"
                      + " rfc5280::nc::permitted-dns-match-noncritical wants"),
              Map.entry("webpki::san::", NAMES),
              Map.entry(
                  "webpki::san::san-critical-with-nonempty-subject",
                  "RFC 5280 only recommends that it be not critical")));

  /** How one case ended. */
  private record Outcome(String id, boolean expected, boolean accepted, String why) {
    boolean agrees() {
      return expected == accepted;
    }
  }

  @Test
  void theScoreIsThatOfThePage() throws IOException, FormatException {
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonNode limbo : cases()) {
      outcomes.add(judge(limbo));
    }
    assertEquals(208, outcomes.size());
    var ours = outcomes.stream().filter(o -> !o.id().startsWith(BROWSERS)).toList();
    assertTrue(ours.stream().filter(Outcome::agrees).count() >= 147, ours.toString());
    assertEquals(
        List.of(), ours.stream().filter(o -> o.accepted() && !o.expected()).toList(), "accepted");
    String text = page(outcomes);
    if (Boolean.getBoolean("limbo.write")) {
      Files.writeString(PAGE, text);
    }
    assertEquals(text, Files.readString(PAGE));
  }

  /** Where this package says alone that a path is valid, the library says so too. */
  @Test
  void pathsWithoutTheLibraryAreItsPathsToo() throws IOException, FormatException {
    int plain = 0;
    for (JsonNode limbo : cases()) {
      List<X509CertificateHolder> chain = new ArrayList<>();
      TrustStore store;
      try {
        chain.addAll(certificates(limbo.get("peer_certificate")));
        chain.addAll(certificates(limbo.get("untrusted_intermediates")));
        store = new TrustStore(certificates(limbo.get("trusted_certs")));
      } catch (FormatException e) {
        continue;
      }
      var policy = policy(limbo);
      for (CandidatePath path : PathBuilder.build(store, chain).paths()) {
        if (PathJudgement.reachesTheLibrary(path, policy, at(limbo))
            && PathJudgement.agrees(path, at(limbo), limbo.get("id").asText())) {
          plain++;
        }
      }
    }
    assertTrue(plain >= 30, plain + " paths");
  }

  private static JsonNode cases() throws IOException, FormatException {
    var file = Path.of(System.getenv("TRUSTME_CORPUS")).resolve("x509/limbo/limbo-208.json");
    return Json.tree(Inputs.read(file), "limbo").get("testcases");
  }

  private static Outcome judge(JsonNode limbo) {
    String id = limbo.get("id").asText();
    boolean expected = limbo.get("expected_result").asText().equals("SUCCESS");
    try {
      var chain = new ArrayList<>(certificates(limbo.get("peer_certificate")));
      chain.addAll(certificates(limbo.get("untrusted_intermediates")));
      var store = new TrustStore(certificates(limbo.get("trusted_certs")));
      var verdict = new PathValidator(store, at(limbo)).validate(chain, policy(limbo));
      return new Outcome(id, expected, verdict.accepted(), verdict.failures().toString());
    } catch (FormatException e) {
      return new Outcome(id, expected, false, e.toString());
    }
  }

  /**
   * As a server's or client's certificate is judged in production, with keys that have no roles
   * allowed. The case's own extended key usage is always the one of its validation kind.
   */
  private static PathPolicy policy(JsonNode limbo) throws FormatException {
    boolean server = limbo.get("validation_kind").asText().equals("SERVER");
    List<RevocationList> lists = new ArrayList<>();
    for (JsonNode list : limbo.get("crls")) {
      lists.add(RevocationList.parse(Bytes.utf8(list.asText())));
    }
    var policy =
        PathPolicy.of(server ? TlsPurpose.TLS_SERVER : TlsPurpose.TLS_CLIENT)
            .with(CertificateRules.WIDER_KEYS)
            .with(Revocation.of(Mode.IF_PRESENT, lists, List.of()));
    for (JsonNode usage : limbo.get("extended_key_usage")) {
      assertEquals(server ? "serverAuth" : "clientAuth", usage.asText());
    }
    var depth = limbo.get("max_chain_depth");
    return depth.isNull()
        ? policy
        : policy.atMost(Math.min(PathPolicy.MAX_AUTHORITIES, depth.asInt()));
  }

  private static Instant at(JsonNode limbo) {
    var time = limbo.get("validation_time");
    return time.isNull() ? NOW : OffsetDateTime.parse(time.asText()).toInstant();
  }

  private static List<X509CertificateHolder> certificates(JsonNode pem) throws FormatException {
    if (pem.isTextual()) {
      return Certificates.parse(Bytes.utf8(pem.asText()));
    }
    List<X509CertificateHolder> all = new ArrayList<>();
    for (JsonNode one : pem) {
      all.addAll(certificates(one));
    }
    return all;
  }

  private static String page(List<Outcome> outcomes) {
    return """
    # x509-limbo

    The 208 cases of x509-limbo (without its BetterTLS import) through `PathValidator`, as `LimboTest` runs them; the test fails where this page differs. Path validation here is RFC 5280 and our own roles; the family `webpki` holds the rules of browsers, most of them about host names.

    How a case is asked: its validation kind is a purpose (`TLS_SERVER`, `TLS_CLIENT`), which goes through the same code as a role, with the rules `WIDER_KEYS` (strict, and a leaf without extended key usages passes with a warning); its lists count if present; its depth is the policy's; its time is the clock, or 2026-11-22. Peer names are not asked.

    | cases | agree | of | accepted against expectation | refused against expectation |
    |---|---|---|---|---|
    %s%s
    ## Disagreements

    | case | expected | reason |
    |---|---|---|
    %s\
    """
        .formatted(
            score("outside of `webpki`", outcomes.stream().filter(o -> !browser(o)).toList()),
            score("`webpki`", outcomes.stream().filter(LimboTest::browser).toList()),
            String.join(
                "", outcomes.stream().filter(o -> !o.agrees()).map(LimboTest::row).toList()));
  }

  private static boolean browser(Outcome outcome) {
    return outcome.id().startsWith(BROWSERS);
  }

  private static String score(String name, List<Outcome> outcomes) {
    long agree = outcomes.stream().filter(Outcome::agrees).count();
    long wronglyAccepted = outcomes.stream().filter(o -> !o.agrees() && o.accepted()).count();
    return "| %s | %d | %d | %d | %d |\n"
        .formatted(
            name,
            agree,
            outcomes.size(),
            wronglyAccepted,
            outcomes.size() - agree - wronglyAccepted);
  }

  private static String row(Outcome outcome) {
    String reason =
        REASONS.entrySet().stream()
            .filter(e -> outcome.id().startsWith(e.getKey()))
            .map(Map.Entry::getValue)
            .reduce((shorter, longer) -> longer)
            .orElseThrow(() -> new AssertionError("no reason for " + outcome));
    return "| `%s` | %s | %s |\n"
        .formatted(outcome.id(), outcome.expected() ? "success" : "failure", reason);
  }
}
