// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Policy;
import java.io.IOException;

/** Policies in the TPM's own reckoning. TPM 2.0 Part 1, 19.7.3. */
public final class Policies {
  private final TssContext tss;

  Policies(TssContext tss) {
    this.tss = tss;
  }

  /** The digest that a trial session computes: equal to {@link Policy#digest}. */
  public Digest trial(Policy policy, HashAlgorithm hash) throws IOException {
    try (var session = PolicySession.trial(tss, policy, hash);
        var call = tss.call("TPM2_PolicyGetDigest")) {
      var digest = call.out();
      call.run((esys, context) ->
          esys.Esys_PolicyGetDigest(
              context,
              session.handle(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              digest));
      return new Digest(hash, call.content(TssType.TPM2B_DIGEST, digest));
    }
  }
}
