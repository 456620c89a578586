// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.KeyBlob;
import dev.trustme.tpm.SealedPublic;
import java.io.IOException;

/** Small secrets that only this TPM gives back, under conditions. TPM 2.0 Part 3, 12.1 and 12.7. */
public final class Sealing {
  /** MAX_SYM_DATA: what a sealed object can hold, in bytes. */
  public static final int MAX_BYTES = 128;

  private final TssContext tss;

  Sealing(TssContext tss) {
    this.tss = tss;
  }

  /**
   * Seals data under a parent. With an empty policy digest the authorization value alone opens it;
   * else the policy does, and the value only where the policy asks for it.
   */
  public KeyBlob seal(TpmObject parent, byte[] data, Secret secret, Bytes policyDigest)
      throws IOException {
    if (data.length == 0 || data.length > MAX_BYTES) {
      throw new IllegalArgumentException("sealed data of %d bytes".formatted(data.length));
    }
    var template =
        SealedPublic.template(
            HashAlgorithm.SHA256, policyDigest, policyDigest.isEmpty(), !secret.isEmpty());
    return tss.keys().create(parent, template.encode(), secret, data).blob();
  }

  /** TPM2_Unseal; the data comes back encrypted, and the caller zeroes it. */
  public byte[] unseal(TpmObject sealed) throws IOException {
    try (var authorization = Authorization.of(sealed, Protection.OUTPUT);
        var call = tss.call("TPM2_Unseal")) {
      var data = call.out();
      call.run((esys, context) ->
          esys.Esys_Unseal(
              context,
              sealed.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              data));
      return call.secret(TssType.TPM2B_SENSITIVE_DATA, data);
    }
  }
}
