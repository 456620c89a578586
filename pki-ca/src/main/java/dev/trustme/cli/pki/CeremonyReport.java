// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.ceremony.Ceremony;
import dev.trustme.ceremony.Stage;
import dev.trustme.ceremony.Transcript;
import dev.trustme.ceremony.Transcript.Made;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;

/** What a performed ceremony or rehearsal says. */
record CeremonyReport(
    String schema,
    String mode,
    String folder,
    Digest transcript,
    int steps,
    List<Made> certificates) {
  private static final String SCHEMA = "trustme/ceremony-report/1";

  /** Performs the script in the folder. */
  static CeremonyReport perform(Path script, Path folder, Stage stage)
      throws IOException, FormatException, GeneralSecurityException {
    Bytes text = Inputs.read(script, CeremonyLintCommand.MAX_SCRIPT);
    CeremonyLintCommand.parse(script, text);
    Path beside = requireNonNull(script.toAbsolutePath().getParent());
    var envelope = Ceremony.perform(text, beside, folder, stage);
    var transcript = Transcript.parse(envelope.payload());
    return new CeremonyReport(
        SCHEMA,
        stage.mode().name().toLowerCase(Locale.ROOT),
        folder.toString(),
        HashAlgorithm.SHA256.digest(envelope.payload()),
        transcript.steps().size(),
        transcript.steps().stream().flatMap(s -> s.certificates().stream()).toList());
  }

  String text() {
    return mode.equals("rehearsal")
        ? "REHEARSED: %d steps, %d certificates of throw-away keys"
            .formatted(steps, certificates.size())
        : "%s  %d steps, %d certificates, transcript %s%nRead this digest aloud and keep it: it names what was done here."
            .formatted(folder, steps, certificates.size(), transcript);
  }
}
