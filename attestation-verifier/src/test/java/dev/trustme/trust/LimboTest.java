// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.nio.file.*;
import java.time.Instant;
import java.util.*;
import dev.trustme.bytes.*;
import org.bouncycastle.cert.X509CertificateHolder;
import com.fasterxml.jackson.databind.*;
import org.junit.jupiter.api.Test;

class LimboTest {
  @Test
  void run() throws Exception {
    var tree = new ObjectMapper().readTree(Path.of(System.getenv("TRUSTME_CORPUS"), "x509/limbo/limbo-208.json").toFile());
    int agree = 0, web = 0, webAll = 0, all = 0;
    for (var c : tree.get("testcases")) {
      String id = c.get("id").asText();
      String outcome; 
      long t = System.nanoTime();
      boolean ok;
      try {
        List<X509CertificateHolder> chain = new ArrayList<>(Certificates.parse(Bytes.utf8(c.get("peer_certificate").asText())));
        for (var h : c.get("untrusted_intermediates")) chain.addAll(Certificates.parse(Bytes.utf8(h.asText())));
        List<X509CertificateHolder> roots = new ArrayList<>();
        for (var h : c.get("trusted_certs")) roots.addAll(Certificates.parse(Bytes.utf8(h.asText())));
        List<RevocationList> crls = new ArrayList<>();
        for (var h : c.get("crls")) crls.add(RevocationList.parse(Bytes.utf8(h.asText())));
        Instant at = c.get("validation_time").isNull() ? Instant.parse("2026-11-22T12:00:00Z") : java.time.OffsetDateTime.parse(c.get("validation_time").asText()).toInstant();
        var policy = PathPolicy.of(c.get("validation_kind").asText().equals("SERVER") ? TlsPurpose.TLS_SERVER : TlsPurpose.TLS_CLIENT).with(CertificateRules.WIDER_KEYS)
          .with(Revocation.of(Revocation.Mode.IF_PRESENT, crls, List.of()));
        if (!c.get("max_chain_depth").isNull()) policy = policy.atMost(Math.min(6, c.get("max_chain_depth").asInt()));
        var v = new PathValidator(new TrustStore(roots), at).validate(chain, policy);
        ok = v.accepted();
        outcome = ok ? "accepted" : v.failures().stream().map(f -> f.id() + "(" + f.seen() + ")").toList().toString();
      } catch (FormatException | IllegalArgumentException e) {
        ok = false;
        outcome = "malformed " + e.getMessage();
      }
      long ms = (System.nanoTime() - t) / 1000000;
      if (ms > 100) System.out.println("SLOW " + id + " " + ms);
      boolean same = ok == c.get("expected_result").asText().equals("SUCCESS");
      if (id.startsWith("webpki")) { webAll++; web += same ? 1 : 0; } else { all++; agree += same ? 1 : 0; }
      if (!same || System.getenv("LIMBO_ALL") != null) System.out.println((same ? "same " : "DIFF ") + id + " expected " + c.get("expected_result").asText() + " got " + outcome);
    }
    System.out.println(agree + " of " + all + "; webpki " + web + " of " + webAll);
  }
}
