// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.ListFloors;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A policy as it was written, and the certificates that it names, read. */
record PolicyFile(Bytes text, Policy policy, TrustAnchors anchors) {
  private static final long MAX_BYTES = 1L << 20;

  static PolicyFile read(Path file, List<RevocationList> lists)
      throws IOException, FormatException {
    Bytes text = Inputs.read(file, MAX_BYTES);
    var policy = Inputs.parse(file.toString(), text, Policy::parse);
    Path folder = requireNonNull(file.toAbsolutePath().getParent());
    return new PolicyFile(text, policy, TrustAnchors.load(policy, folder, lists));
  }

  /** The same, held to the floors of lists that were seen before. */
  PolicyFile withFloors(ListFloors floors) {
    return new PolicyFile(text, policy, anchors.withFloors(floors));
  }
}
