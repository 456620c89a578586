// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.tss.Tcti;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which TPM a command works with. */
public final class TpmOption {
  @Option(
      names = "--tcti",
      paramLabel = "TCTI",
      description = {
        "The TPM, as tpm2-tss names it: device:/dev/tpmrm0 (the default)",
        "or swtpm:path=tpm.sock. Only TPMs of this machine."
      })
  private @Nullable String tcti;

  public Tcti tcti() {
    try {
      return tcti == null ? Tcti.DEFAULT : Tcti.parse(tcti);
    } catch (FormatException e) {
      throw CommandFailure.usage("--tcti: " + e.problem());
    }
  }
}
