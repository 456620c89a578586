// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.util.List;

/** A checkpoint in its envelope, not verified yet; {@code source} names the file in findings. */
public record SignedCheckpoint(DsseEnvelope envelope, Checkpoint untrusted, String source) {
  public static SignedCheckpoint parse(Bytes json, String source) throws FormatException {
    try {
      var envelope = DsseEnvelope.parse(json);
      return new SignedCheckpoint(envelope, Checkpoint.parse(envelope.payload()), source);
    } catch (FormatException e) {
      throw e.in(source);
    }
  }

  /** What the next checkpoint names this one by. */
  public Digest digest() {
    return HashAlgorithm.SHA256.digest(envelope.payload());
  }

  /**
   * Whether a key of the role log signed it. Its certificates count as of the checkpoint's own
   * time: a log outlives the keys that signed for it.
   */
  public Verdict<Checkpoint> verify(TrustStore roots) throws FormatException {
    var verifier = new DsseVerifier(roots, Role.LOG, 1, untrusted.time());
    Verdict<SignedPayload> verdict;
    try {
      verdict = verifier.verify(envelope, Checkpoint.TYPE);
    } catch (FormatException e) {
      throw e.in(source);
    }
    List<Check> checks = verdict.checks().stream().map(this::named).toList();
    return verdict.accepted()
        ? new Verdict.Accepted<>(untrusted, checks)
        : new Verdict.Rejected<>(checks);
  }

  private Check named(Check check) {
    return new Check(
        "checkpoint-" + check.id(),
        check.result(),
        check.expected(),
        check.seen(),
        source,
        check.advice());
  }
}
