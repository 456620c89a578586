// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.ptr.IntByReference;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import java.io.IOException;

/**
 * A session of the TPM: HMAC, policy or trial; flushed when closed. A salted one has a key that
 * only its starter and the TPM know, so it can encrypt (AES-128-CFB). TPM 2.0 Part 1, 19.6.
 */
final class TssSession implements AutoCloseable {
  private static final int CONTINUE = 0x01;
  private static final int ALL_ATTRIBUTES = 0xff;
  private static final int AES_BITS = 128;

  /** TPM_SE. TPM 2.0 Part 2, 6.11. */
  enum Type {
    HMAC(0),
    POLICY(1),
    TRIAL(3);

    private final int code;

    Type(int code) {
      this.code = code;
    }
  }

  private final TssContext tss;
  private final int handle;

  private TssSession(TssContext tss, int handle) {
    this.tss = tss;
    this.handle = handle;
  }

  /** Salted to a key that is made for this and flushed again: it takes one slot for a moment. */
  static TssSession salted(TssContext tss, Type type, HashAlgorithm hash) throws IOException {
    try (var key = SaltKey.load(tss)) {
      return start(tss, key.handle(), type, hash);
    }
  }

  /** Without a salt: fit to prove something, not to hide it. */
  static TssSession plain(TssContext tss, Type type, HashAlgorithm hash) throws IOException {
    return start(tss, Esys.ESYS_TR_NONE, type, hash);
  }

  private static TssSession start(TssContext tss, int key, Type type, HashAlgorithm hash)
      throws IOException {
    Bytes symmetric =
        BinaryWriter.bigEndian()
            .u16(TpmAlgId.TPM_ALG_AES.id())
            .u16(AES_BITS)
            .u16(TpmAlgId.TPM_ALG_CFB.id())
            .toBytes();
    try (var call = tss.call("TPM2_StartAuthSession")) {
      var definition = call.in(TssType.TPMT_SYM_DEF, symmetric);
      var session = new IntByReference();
      call.run((esys, context) ->
          esys.Esys_StartAuthSession(
              context,
              key,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              null,
              (byte) type.code,
              definition,
              (short) hash.tpmAlgId(),
              session));
      return new TssSession(tss, session.getValue());
    }
  }

  int handle() {
    return handle;
  }

  /** The handle, for one command with this protection. */
  int forCommand(Protection protection) throws IOException {
    tss.require(
        "Esys_TRSess_SetAttributes",
        tss.esys()
            .Esys_TRSess_SetAttributes(
                tss.pointer(),
                handle,
                (byte) (CONTINUE | protection.attributes()),
                (byte) ALL_ATTRIBUTES));
    return handle;
  }

  @Override
  public void close() throws IOException {
    tss.require("TPM2_FlushContext", tss.esys().Esys_FlushContext(tss.pointer(), handle));
  }
}
