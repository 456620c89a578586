// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.DsseSigner;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The signed checkpoints of a folder's signing log: {@code checkpoints/000001.json} and so on. */
public final class Checkpoints {
  /** The folder's name in a PKI folder. */
  public static final String FOLDER = "checkpoints";

  private static final long MAX_BYTES = 1 << 20;

  private final Path folder;

  private Checkpoints(Path folder) {
    this.folder = folder;
  }

  public static Checkpoints of(PkiFolder pki) {
    return in(pki.path().resolve(FOLDER));
  }

  public static Checkpoints in(Path folder) {
    return new Checkpoints(folder);
  }

  /** All of them, by their file names; none where there is no folder. */
  public List<SignedCheckpoint> all() throws IOException, FormatException {
    List<SignedCheckpoint> all = new ArrayList<>();
    for (Path file : files()) {
      all.add(read(file));
    }
    return all;
  }

  public static SignedCheckpoint read(Path file) throws IOException, FormatException {
    return SignedCheckpoint.parse(Inputs.read(file, MAX_BYTES), file.toString());
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var found = Files.list(folder)) {
      return found
          .filter(f -> String.valueOf(f.getFileName()).matches("[0-9]{6,}\\.json"))
          .sorted()
          .toList();
    }
  }

  /**
   * Audits the folder's log, signs how far it reaches and keeps that as the next checkpoint; nobody
   * writes the folder meanwhile. A log that is not intact gets none.
   */
  public static Verdict<SignedCheckpoint> add(PkiFolder pki, DsseSigner signer, Instant at)
      throws IOException, FormatException {
    try (var transaction = pki.begin()) {
      var folder = transaction.folder();
      var verdict = FolderAudit.audit(folder);
      if (!(verdict instanceof Verdict.Accepted<AuditedLog> accepted)) {
        return new Verdict.Rejected<>(verdict.checks());
      }
      var series = of(folder).all();
      var checkpoint = next(accepted.value(), series, at);
      var envelope = signer.sign(Checkpoint.TYPE, checkpoint.encode());
      String name = "%s/%06d.json".formatted(FOLDER, checkpoint.number());
      transaction.put(name, envelope.encode()).commit(at);
      String file = folder.path().resolve(name).toString();
      return new Verdict.Accepted<>(
          new SignedCheckpoint(envelope, checkpoint, file), verdict.checks());
    }
  }

  private static Checkpoint next(AuditedLog log, List<SignedCheckpoint> series, Instant at) {
    return new Checkpoint(
        Checkpoint.SCHEMA,
        series.size() + 1L,
        log.first(),
        log.head().entries(),
        log.head().digest(),
        at,
        series.isEmpty() ? Optional.empty() : Optional.of(series.getLast().digest()));
  }
}
