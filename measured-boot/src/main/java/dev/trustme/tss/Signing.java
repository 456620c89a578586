// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.tpm.Tpm2b;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;

/** Signatures over digests that were made outside. TPM 2.0 Part 3, 20. */
public final class Signing {
  private static final int TPM_ST_HASHCHECK = 0x8024;
  private static final long TPM_RH_NULL = 0x40000007L;

  private final TssContext tss;

  Signing(TssContext tss) {
    this.tss = tss;
  }

  /**
   * TPM2_Sign, by a key that is not restricted.
   *
   * @param scheme {@link TpmtScheme#NULL} for a key that has its own; its hash is the digest's
   */
  public TpmtSignature sign(TpmObject key, Digest digest, TpmtScheme scheme) throws IOException {
    try (var authorization = Authorization.of(key, Protection.NONE);
        var call = tss.call("TPM2_Sign")) {
      var hashed = call.in2b(TssType.TPM2B_DIGEST, digest.value());
      var signing = call.in(TssType.TPMT_SIG_SCHEME, scheme.encode());
      var ticket = call.in(TssType.TPMT_TK_HASHCHECK, noTicket());
      var signature = call.out();
      call.run((esys, context) ->
          esys.Esys_Sign(
              context,
              key.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              hashed,
              signing,
              ticket,
              signature));
      return call.parse(TssType.TPMT_SIGNATURE, signature, TpmtSignature::parse);
    }
  }

  /** The NULL ticket: the TPM did not make this digest itself. TPM 2.0 Part 2, 10.7.1. */
  private static Bytes noTicket() {
    return Tpm2b.write(
            BinaryWriter.bigEndian().u16(TPM_ST_HASHCHECK).u32(TPM_RH_NULL), Bytes.empty())
        .toBytes();
  }
}
