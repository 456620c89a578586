// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The NV indices and persistent objects that one context has open, by their TPM handles. */
final class OpenHandles {
  private final TssContext tss;
  private final Map<Long, TpmHandle> open = new HashMap<>();

  OpenHandles(TssContext tss) {
    this.tss = tss;
  }

  /** What lies at this TPM handle; the name is for the error where nothing does. */
  TpmHandle open(long handle, String name) throws IOException {
    var known = open.get(handle);
    if (known != null) {
      return known.share();
    }
    var found = new IntByReference();
    try (var call = tss.call(name)) {
      call.run((esys, context) ->
          esys.Esys_TR_FromTPMPublic(
              context,
              (int) handle,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              Esys.ESYS_TR_NONE,
              found));
    }
    return adopt(handle, found.getValue());
  }

  /** What was made at this TPM handle just now. */
  TpmHandle adopt(long handle, int tr) {
    var made = new TpmHandle(tr);
    open.put(handle, made);
    return made;
  }

  /** What lay there is gone, by the command that removed it. */
  void removed(long handle) {
    var known = open.remove(handle);
    if (known != null) {
      known.gone();
    }
  }

  /** What lay there is gone, but the library still has it open: whoever has it closes it. */
  void forget(long handle) {
    open.remove(handle);
  }

  void close(long handle, TpmHandle used) throws IOException {
    if (used.release()) {
      open.remove(handle, used);
      var closed = new IntByReference(used.tr());
      tss.require("Esys_TR_Close", tss.esys().Esys_TR_Close(tss.pointer(), closed));
    }
  }
}
