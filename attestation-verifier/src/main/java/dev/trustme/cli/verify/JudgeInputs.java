// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every device of a judgement is held against besides release and policy. */
final class JudgeInputs {
  @Mixin private RevocationFiles revocation = new RevocationFiles();

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description = {
        "The signed manifest of a customer's container that may run beside the release's; may be"
            + " repeated. It counts if the policy trusts the customer."
      })
  private List<Path> manifestFiles = new ArrayList<>();

  List<Bytes> manifests() throws IOException, FormatException {
    List<Bytes> manifests = new ArrayList<>();
    for (Path file : manifestFiles) {
      manifests.add(
          Inputs.parse(file, SignedContainerManifest.MAX_FILE, JudgeInputs::requireEnvelope));
    }
    return manifests;
  }

  private static Bytes requireEnvelope(Bytes content) throws FormatException {
    DsseEnvelope.parse(content);
    return content;
  }

  List<RevocationList> lists() throws IOException, FormatException {
    return revocation.lists();
  }
}
