// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.trust.RevocationList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A policy and the certificates that it names, read. */
record PolicyFile(Policy policy, TrustAnchors anchors) {
  private static final long MAX_BYTES = 1L << 20;

  static PolicyFile read(Path file, List<RevocationList> lists)
      throws IOException, FormatException {
    Policy policy;
    try {
      policy = Policy.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
    Path folder = requireNonNull(file.toAbsolutePath().getParent());
    return new PolicyFile(policy, TrustAnchors.load(policy, folder, lists));
  }
}
