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
  private static final long MAX_RECORD = 16L << 20;

  @Option(
      names = "--enrolment",
      paramLabel = "FILE",
      description = {
        "The device's signed enrolment record (DSSE), as the enrolment authority keeps it. Default:"
            + " that in the evidence. It counts if the policy names an enrolment authority."
      })
  private @Nullable Path enrolmentFile;

  @Mixin private JudgeInputs inputs = new JudgeInputs();

  List<Bytes> manifests() throws IOException {
    return inputs.manifests();
  }

  List<RevocationList> lists() throws IOException, FormatException {
    return inputs.lists();
  }

  Optional<DsseEnvelope> enrolment() throws IOException, FormatException {
    if (enrolmentFile == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DsseEnvelope.parse(Inputs.read(enrolmentFile, MAX_RECORD)));
    } catch (FormatException e) {
      throw e.in(enrolmentFile.toString());
    }
  }
}
