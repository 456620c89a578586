// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The four libraries of tpm2-tss that are used, by their versioned names; loaded once. */
record Libraries(Esys esys, TctiLoader tctiLoader, Marshalling marshalling, ReturnCodes codes) {
  /** What a Debian or Ubuntu system installs for them. */
  private static final String PACKAGES =
      "libtss2-esys-3.0.2-0 libtss2-mu0 libtss2-tctildr0 libtss2-rc0"
          + " libtss2-tcti-device0 libtss2-tcti-swtpm0";

  private static @Nullable Libraries loaded;

  /** libtss2-tctildr. */
  interface TctiLoader extends Library {
    int Tss2_TctiLdr_Initialize(String nameConf, PointerByReference context);

    void Tss2_TctiLdr_Finalize(PointerByReference context);
  }

  /** libtss2-mu: wire bytes to C structures and back. Sizes and offsets are size_t. */
  interface Marshalling extends Library {
    int Tss2_MU_TPML_PCR_SELECTION_Unmarshal(
        byte[] buffer, NativeLong size, NativeLongByReference offset, Pointer target);

    int Tss2_MU_TPML_PCR_SELECTION_Marshal(
        Pointer source, byte[] buffer, NativeLong size, NativeLongByReference offset);

    int Tss2_MU_TPML_DIGEST_Marshal(
        Pointer source, byte[] buffer, NativeLong size, NativeLongByReference offset);

    int Tss2_MU_TPML_DIGEST_VALUES_Unmarshal(
        byte[] buffer, NativeLong size, NativeLongByReference offset, Pointer target);

    int Tss2_MU_TPM2B_DIGEST_Marshal(
        Pointer source, byte[] buffer, NativeLong size, NativeLongByReference offset);

    int Tss2_MU_TPMS_CAPABILITY_DATA_Marshal(
        Pointer source, byte[] buffer, NativeLong size, NativeLongByReference offset);
  }

  /** libc, for what the libraries read from the environment. */
  interface C extends Library {
    int setenv(String name, String value, int overwrite);
  }

  /** libtss2-rc. */
  interface ReturnCodes extends Library {
    String Tss2_RC_Decode(int code);
  }

  static synchronized Libraries load() throws IOException {
    if (loaded == null) {
      // Failures arrive as codes; the libraries' own lines on standard error only repeat them.
      int unused = load("c", C.class).setenv("TSS2_LOG", "all+none", 0);
      loaded =
          new Libraries(
              load("libtss2-esys.so.0", Esys.class),
              load("libtss2-tctildr.so.0", TctiLoader.class),
              load("libtss2-mu.so.0", Marshalling.class),
              load("libtss2-rc.so.0", ReturnCodes.class));
    }
    return loaded;
  }

  private static <T extends Library> T load(String name, Class<T> type) throws IOException {
    try {
      return Native.load(name, type);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(name + ": cannot be loaded; on Debian: apt install " + PACKAGES, e);
    }
  }

  void require(String call, int code) throws TssException {
    if (code != 0) {
      throw new TssException(call, code, codes.Tss2_RC_Decode(code));
    }
  }
}
