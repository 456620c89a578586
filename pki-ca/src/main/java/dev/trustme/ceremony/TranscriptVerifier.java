// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ceremony;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.ceremony.Transcript.Mode;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a transcript is of a ceremony that was performed as its script says: signed by a log key,
 * complete, in order, confirmed by everybody, and true of the folder that it left. The certificates
 * count as of the ceremony's end.
 */
public final class TranscriptVerifier {
  private final TrustStore roots;
  private final Mode mode;

  /** {@code mode} is what the transcript has to be of: a rehearsal's is no ceremony's. */
  public TranscriptVerifier(TrustStore roots, Mode mode) {
    this.roots = roots;
    this.mode = mode;
  }

  /** Verifies the transcript, and against the folder where there is one. */
  public Verdict<Transcript> verify(DsseEnvelope envelope, Optional<Path> folder)
      throws IOException, FormatException {
    List<Check> checks = new ArrayList<>();
    checks.add(mode(envelope.payloadType()));
    var transcript = Transcript.parse(envelope.payload());
    if (checks.getFirst().failed()) {
      return new Verdict.Rejected<>(checks);
    }
    var verdict =
        new DsseVerifier(roots, Role.LOG, 1, transcript.ended()).verify(envelope, mode.type());
    verdict.checks().forEach(check -> checks.add(named(check)));
    if (!verdict.accepted()) {
      return new Verdict.Rejected<>(checks);
    }
    checks.addAll(new TranscriptChecks(transcript, mode).all());
    if (folder.isPresent()) {
      checks.addAll(FolderCheck.of(transcript, folder.get()));
    }
    return Verdict.of(checks, () -> transcript);
  }

  private Check mode(String type) {
    if (type.equals(mode.type())) {
      return Check.pass("transcript-mode", mode.name().toLowerCase(java.util.Locale.ROOT));
    }
    String seen = type.equals(Mode.REHEARSAL.type()) ? "a rehearsal's" : type;
    return Check.fail("transcript-mode", mode.type(), seen);
  }

  private static Check named(Check check) {
    return new Check(
        "transcript-" + check.id(),
        check.result(),
        check.expected(),
        check.seen(),
        check.where(),
        check.advice());
  }
}
