// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The four libraries of tpm2-tss that are used, by their versioned names; loaded once.
 *
 * @param marshalling libtss2-mu, whose functions are found by the name of the structure
 */
record Libraries(
    Esys esys, TctiLoader tctiLoader, NativeLibrary marshalling, ReturnCodes returnCodes) {
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
              loadMarshalling("libtss2-mu.so.0"),
              load("libtss2-rc.so.0", ReturnCodes.class));
    }
    return loaded;
  }

  private static <T extends Library> T load(String name, Class<T> type) throws IOException {
    try {
      return Native.load(name, type);
    } catch (UnsatisfiedLinkError e) {
      throw missing(name, e);
    }
  }

  private static NativeLibrary loadMarshalling(String name) throws IOException {
    try {
      return NativeLibrary.getInstance(name);
    } catch (UnsatisfiedLinkError e) {
      throw missing(name, e);
    }
  }

  private static IOException missing(String name, UnsatisfiedLinkError e) {
    return new IOException(name + ": cannot be loaded; on Debian: apt install " + PACKAGES, e);
  }

  void require(String call, int code) throws TssException {
    if (code != 0) {
      throw new TssException(call, new TssReturnCode(code), returnCodes.Tss2_RC_Decode(code));
    }
  }
}
