// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.issue.CertificateSource;
import dev.trustme.issue.LogChain;
import dev.trustme.issue.LogLines;
import dev.trustme.issue.SigningLog.Head;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * One pass over a signing log: whether its lines chain, reach as far as was once known, are what
 * the checkpoints state, and tell of every certificate. Memory does not grow with the log.
 */
public final class LogAudit {
  private final Path file;
  private final List<Check> signatures = new ArrayList<>();
  private final LogClaims claims;
  private IssuedCheck issued = IssuedCheck.none();
  private LongConsumer progress = bytes -> {};

  private LogAudit(Path file) {
    this.file = file;
    this.claims = new LogClaims(file.toString());
  }

  public static LogAudit of(Path log) {
    return new LogAudit(log);
  }

  /** The log must have reached this far once: a head that was kept elsewhere. */
  public LogAudit kept(Head head) {
    claims.add(head.entries(), head.digest(), "log", "the head that was kept");
    return this;
  }

  /** One line of the log must have this digest: a head without its number of entries. */
  public LogAudit kept(Digest head) {
    claims.anywhere(head);
    return this;
  }

  /**
   * The log must be what each of these states; they are all there are, in their order, and newer
   * ones that were kept elsewhere follow as {@link #checkpoint}.
   */
  public LogAudit checkpoints(List<SignedCheckpoint> series, TrustStore roots)
      throws FormatException {
    for (SignedCheckpoint each : series) {
      checkpoint(each, roots);
    }
    signatures.addAll(CheckpointSeries.check(series));
    return this;
  }

  /** The log must be what this states. */
  public LogAudit checkpoint(SignedCheckpoint signed, TrustStore roots) throws FormatException {
    var verdict = signed.verify(roots);
    signatures.addAll(verdict.accepted() ? List.of() : verdict.failures());
    var stated = signed.untrusted();
    claims.log(stated.log(), signed.source());
    claims.add(stated.entries(), stated.head(), "checkpoint", signed.source());
    return this;
  }

  /**
   * Each of these certificates must have an entry, and each entry of an issuance be one of them.
   */
  public LogAudit issued(CertificateSource certificates) {
    issued = new IssuedCheck(certificates, file.toString());
    return this;
  }

  /** Called with the number of bytes read, now and then. */
  public LogAudit progress(LongConsumer listener) {
    progress = listener;
    return this;
  }

  public Verdict<AuditedLog> run() throws IOException, FormatException {
    var chain = new LogChain(file.toString());
    List<Check> checks = new ArrayList<>();
    Digest first = Head.EMPTY.digest();
    try (var lines = LogLines.open(file)) {
      while (lines.next()) {
        var entry = lines.entry();
        chain.add(lines.line(), entry);
        claims.see(chain.head());
        issued.see(entry, lines.number());
        first = lines.number() == 1 ? chain.head().digest() : first;
        if (lines.number() % 1024 == 0) {
          progress.accept(lines.offset());
        }
      }
      checks.addAll(chain.checks());
      if (lines.torn() > 0) {
        checks.add(torn(lines.torn()));
      }
    }
    checks.addAll(signatures);
    checks.addAll(claims.checks(first, chain.head()));
    checks.addAll(issued.checks());
    var audited = new AuditedLog(first, chain.head());
    return Verdict.of(checks, () -> audited);
  }

  /** No damage: what was cut off by a crash was never told to anybody. */
  private Check torn(int bytes) {
    return Check.pass(
            "log-end",
            "%d bytes of a write that was interrupted: the next one drops them".formatted(bytes))
        .at(file.toString());
  }
}
