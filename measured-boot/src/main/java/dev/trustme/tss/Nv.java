// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.ptr.IntByReference;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.Hierarchy;
import dev.trustme.tpm.TpmsNvPublic;
import java.io.IOException;

/** NV indices: found, defined, removed. TPM 2.0 Part 3, 31. */
public final class Nv {
  private final TssContext tss;

  Nv(TssContext tss) {
    this.tss = tss;
  }

  /** The index that exists at this handle; none is a TssException with TPM_RC_HANDLE. */
  public NvIndex index(long handle) throws IOException {
    if (handle >> 24 != 0x01) {
      throw new IllegalArgumentException("0x%08x is no NV index".formatted(handle));
    }
    return new NvIndex(
        tss, handle, tss.openHandles().open(handle, "NV index 0x%08x".formatted(handle)));
  }

  /** TPM2_NV_DefineSpace by the owner; the authorization value travels encrypted. */
  public NvIndex define(TpmsNvPublic index, Secret secret) throws IOException {
    var owner = tss.entity(Hierarchy.TPM_RH_OWNER);
    try (var authorization = Authorization.of(owner, Protection.INPUT);
        var call = tss.call("TPM2_NV_DefineSpace of 0x%08x".formatted(index.nvIndex()))) {
      var value = call.auth(secret);
      var area = call.in2b(TssType.TPM2B_NV_PUBLIC, index.encode());
      var handle = new IntByReference();
      call.run((esys, context) ->
          esys.Esys_NV_DefineSpace(
              context,
              owner.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              value,
              area,
              handle));
      long at = index.nvIndex();
      var defined = new NvIndex(tss, at, tss.openHandles().adopt(at, handle.getValue()));
      defined.authorize(secret);
      return defined;
    }
  }

  /** TPM2_NV_UndefineSpace by the owner. */
  public void undefine(long handle) throws IOException {
    var owner = tss.entity(Hierarchy.TPM_RH_OWNER);
    try (var index = index(handle);
        var authorization = Authorization.of(owner, Protection.NONE);
        var call = tss.call("TPM2_NV_UndefineSpace of 0x%08x".formatted(handle))) {
      call.run((esys, context) ->
          esys.Esys_NV_UndefineSpace(
              context,
              owner.handle(),
              index.handle(),
              authorization.proof(),
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE));
      tss.openHandles().removed(handle);
    }
  }

  /** The hash algorithm of names and policies of indices that are defined here. */
  public static HashAlgorithm nameAlg() {
    return HashAlgorithm.SHA256;
  }
}
