// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The revocation lists that a judgement is given. */
final class RevocationFiles {
  private static final long MAX_LIST = 16L << 20;

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description = {
        "A certificate revocation list (DER or PEM) of an authority that the policy trusts, or of one"
            + " below it; may be repeated. A revoked certificate is refused, and a list that cannot"
            + " be used is a finding."
      })
  private List<Path> files = new ArrayList<>();

  List<RevocationList> lists() throws IOException, FormatException {
    List<RevocationList> lists = new ArrayList<>();
    for (Path file : files) {
      lists.add(Inputs.parse(file, MAX_LIST, RevocationList::parse));
    }
    return lists;
  }
}
