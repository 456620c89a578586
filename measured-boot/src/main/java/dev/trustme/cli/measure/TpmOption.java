// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.tss.Tcti;
import dev.trustme.tss.TpmRc;
import dev.trustme.tss.TpmRefusedException;
import dev.trustme.tss.TssContext;
import dev.trustme.tss.TssException;
import java.io.IOException;
import java.security.GeneralSecurityException;
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

  @Option(
      names = "--remote-tpm",
      description = "Take a TCTI that leaves this machine too: who listens there sees all.")
  private boolean remote;

  /** What a command does with the TPM. */
  @FunctionalInterface
  public interface Work {
    void run(TssContext tss) throws IOException, FormatException, GeneralSecurityException;
  }

  public Tcti tcti() {
    if (tcti == null) {
      return Tcti.DEFAULT;
    }
    try {
      return remote ? Tcti.alsoRemote(tcti) : Tcti.parse(tcti);
    } catch (FormatException e) {
      throw CommandFailure.usage("--tcti: " + e.problem());
    }
  }

  /** What the TPM refuses is exit code 1, what exists already 2; all else of it is 4. */
  public void use(Work work) throws IOException, FormatException, GeneralSecurityException {
    try (var tss = TssContext.open(tcti())) {
      work.run(tss);
    } catch (TpmRefusedException e) {
      throw CommandFailure.rejected(words(e));
    } catch (TssException e) {
      if (e.refusal()) {
        throw CommandFailure.rejected(words(e));
      }
      if (e.is(TpmRc.TPM_RC_NV_DEFINED)) {
        throw CommandFailure.usage(words(e));
      }
      throw e;
    }
  }

  private static String words(IOException e) {
    return String.valueOf(e.getMessage());
  }
}
