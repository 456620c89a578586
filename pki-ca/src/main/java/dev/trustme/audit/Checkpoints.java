// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.PkiFolder;
import dev.trustme.key.DsseSigner;
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

  /** Signs how far the log reaches and keeps it as the next checkpoint. */
  public SignedCheckpoint add(AuditedLog log, DsseSigner signer, Instant at)
      throws IOException, FormatException {
    var files = files();
    Optional<SignedCheckpoint> last =
        files.isEmpty() ? Optional.empty() : Optional.of(read(files.getLast()));
    long number = last.map(l -> l.untrusted().number() + 1).orElse(1L);
    var checkpoint =
        new Checkpoint(
            Checkpoint.SCHEMA,
            number,
            log.first(),
            log.head().entries(),
            log.head().digest(),
            at,
            last.map(SignedCheckpoint::digest));
    var envelope = signer.sign(Checkpoint.TYPE, checkpoint.encode());
    Files.createDirectories(folder);
    Path file = folder.resolve("%06d.json".formatted(number));
    Outputs.write(file, envelope.encode(), false);
    return new SignedCheckpoint(envelope, checkpoint, file.toString());
  }
}
