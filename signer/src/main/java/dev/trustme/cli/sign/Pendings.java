// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.files.Outputs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Outputs whose number is not known beforehand; what was not committed goes with it. */
final class Pendings implements AutoCloseable {
  private final List<Outputs.Pending> pending = new ArrayList<>();

  <T extends Outputs.Pending> T add(T output) {
    pending.add(output);
    return output;
  }

  Outputs.Pending[] inOrder() {
    return pending.toArray(Outputs.Pending[]::new);
  }

  @Override
  public void close() throws IOException {
    for (var output : pending) {
      output.close();
    }
  }
}
