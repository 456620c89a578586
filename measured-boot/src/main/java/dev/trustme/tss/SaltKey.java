// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.Hierarchy;
import java.io.IOException;
import java.util.List;

/**
 * The key that sessions are salted to: the endorsement primary on P-256, or RSA where the TPM has
 * no such curve. It is made from the TPM's seed each time, needs no owner, and survives nothing.
 */
final class SaltKey {
  private SaltKey() {}

  static TpmObject load(TssContext tss) throws IOException {
    TssException unsupported = null;
    for (var template : List.of(EkTemplate.L_2, EkTemplate.L_1)) {
      try {
        return load(tss, template.template().encode());
      } catch (TssException e) {
        if (!e.is(TpmRc.TPM_RC_CURVE) && !e.is(TpmRc.TPM_RC_VALUE)) {
          throw e;
        }
        unsupported = e;
      }
    }
    throw new IOException("the TPM can make no key for encrypted sessions", unsupported);
  }

  /** A set endorsement authorization is proved by an HMAC, so it does not travel. */
  private static TpmObject load(TssContext tss, Bytes template) throws IOException {
    if (!tss.entity(Hierarchy.TPM_RH_ENDORSEMENT).secretSet()) {
      return tss.keys().primary(Hierarchy.TPM_RH_ENDORSEMENT, template, Esys.ESYS_TR_PASSWORD);
    }
    try (var proof = TssSession.plain(tss, TssSession.Type.HMAC, HashAlgorithm.SHA256)) {
      return tss.keys()
          .primary(Hierarchy.TPM_RH_ENDORSEMENT, template, proof.forCommand(Protection.NONE));
    }
  }
}
