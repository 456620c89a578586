// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a judgement may be given besides evidence, release and policy. */
final class EvidenceInputs {
  @Option(
      names = "--enrolment",
      paramLabel = "FILE",
      description = {
        "The device's signed enrolment record (DSSE), as the enrolment authority keeps it. Default:"
            + " that in the evidence. It counts if the policy names an enrolment authority."
      })
  private @Nullable Path enrolmentFile;

  @Mixin private JudgeInputs inputs = new JudgeInputs();

  List<Bytes> manifests() throws IOException, FormatException {
    return inputs.manifests();
  }

  List<RevocationList> lists() throws IOException, FormatException {
    return inputs.lists();
  }

  Optional<DsseEnvelope> enrolment() throws IOException, FormatException {
    return enrolmentFile == null
        ? Optional.empty()
        : Optional.of(Inputs.parse(enrolmentFile, DsseEnvelope.MAX_FILE, DsseEnvelope::parse));
  }
}
