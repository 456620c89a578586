// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What every device of a judgement is held against besides release and policy. */
final class JudgeInputs {
  private static final long MAX_LIST = 16L << 20;

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
