// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.FormatException;
import java.io.IOException;

/**
 * Is this a container's signed manifest? Files envelope and roots; context at. The payload is
 * judged even where it is signed: its schema is closed.
 */
final class ContainerFamily {
  private ContainerFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    return Outcome.of(
        SignedContainerManifest.verify(
            input.file("envelope"), input.roots(), input.at(), input.at()));
  }
}
