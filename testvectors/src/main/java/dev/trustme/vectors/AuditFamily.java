// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.audit.LogAudit;
import dev.trustme.audit.SignedCheckpoint;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A signing log. File log; context head (a digest that was kept) and perhaps entries. Where they
 * are given: files checkpoint-1, checkpoint-2 (all there are, in this order) and roots; file
 * issued, all certificates that were issued (PEM).
 */
final class AuditFamily {
  private AuditFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var audit = LogAudit.of(input.path("log"));
    var context = input.vector().context();
    if (context.containsKey("head")) {
      var head = Digest.parse(input.context("head"));
      if (context.containsKey("entries")) {
        audit.kept(new Head(head, Long.parseLong(input.context("entries"))));
      } else {
        audit.kept(head);
      }
    }
    List<SignedCheckpoint> series = new ArrayList<>();
    for (String name : List.of("checkpoint-1", "checkpoint-2")) {
      if (input.has(name)) {
        series.add(SignedCheckpoint.parse(input.file(name), name));
      }
    }
    if (!series.isEmpty()) {
      audit.checkpoints(series, input.roots());
    }
    if (input.has("issued")) {
      var certificates = Certificates.parse(input.file("issued")).iterator();
      audit.issued(
          () -> certificates.hasNext() ? Optional.of(certificates.next()) : Optional.empty());
    }
    return Outcome.of(audit.run());
  }
}
