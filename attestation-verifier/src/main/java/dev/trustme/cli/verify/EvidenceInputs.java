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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a judgement may be given besides evidence, release and policy. */
final class EvidenceInputs {
  private static final long MAX_RECORD = 16L << 20;
  private static final long MAX_LIST = 16L << 20;

  @Option(
      names = "--enrolment",
      paramLabel = "FILE",
      description = {
        "The device's signed enrolment record (DSSE), as the enrolment authority keeps it. Default:"
            + " that in the evidence. It counts if the policy names an enrolment authority."
      })
  private @Nullable Path enrolmentFile;

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = {
        "A certificate revocation list (DER or PEM) of the devices' authorities, of a TPM maker, or"
            + " of the enrolment authority; may be repeated. A revoked certificate is refused, and a"
            + " list that cannot be used is a finding."
      })
  private List<Path> listFiles = new ArrayList<>();

  @Option(
      names = "--manifest",
      paramLabel = "FILE",
      description = {
        "The signed manifest of a customer's container that may run beside the release's; may be"
            + " repeated. It counts if the policy trusts the customer."
      })
  private List<Path> manifestFiles = new ArrayList<>();

  List<Bytes> manifests() throws IOException {
    List<Bytes> manifests = new ArrayList<>();
    for (Path file : manifestFiles) {
      manifests.add(Inputs.read(file, SignedContainerManifest.MAX_FILE));
    }
    return manifests;
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

  List<RevocationList> lists() throws IOException, FormatException {
    List<RevocationList> lists = new ArrayList<>();
    for (Path file : listFiles) {
      try {
        lists.add(RevocationList.parse(Inputs.read(file, MAX_LIST)));
      } catch (FormatException e) {
        throw e.in(file.toString());
      }
    }
    return lists;
  }
}
