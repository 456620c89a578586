// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * A loaded module: CK_FUNCTION_LIST and the calls through it. CK_ULONG is the C {@code unsigned
 * long}, 8 bytes on every Linux that this suite runs on; others are refused.
 */
final class Cryptoki {
  private static final long CKF_OS_LOCKING_OK = 2;
  private static final int RTLD_NOW = 2;
  private static final int INITIALIZE_ARGS = 6 * Long.BYTES;

  /** Held, as the library is unloaded when nobody holds it, functions or not. */
  private final NativeLibrary library;

  private final Map<CkFunction, Function> functions = new EnumMap<>(CkFunction.class);

  private Cryptoki(NativeLibrary library, Pointer list) {

    this.library = library;
    for (CkFunction function : CkFunction.values()) {
      functions.put(function, Function.getFunction(list.getPointer(function.offset())));
    }
  }

  static Cryptoki load(Path path) throws IOException {
    if (Native.LONG_SIZE != Long.BYTES || Native.POINTER_SIZE != Long.BYTES) {
      throw new IOException(path + ": PKCS#11 modules need a 64-bit Linux");
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException(path + ": no such PKCS#11 module");
    }
    var list = new PointerByReference();
    try {
      // Local symbols: all modules have functions of the same names.
      var library =
          NativeLibrary.getInstance(path.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW));
      Function getFunctionList = library.getFunction("C_GetFunctionList");
      long code = getFunctionList.invokeLong(new Object[] {list});
      if (code != 0 || list.getValue() == null) {
        throw new IOException(path + ": C_GetFunctionList failed (0x%08x)".formatted(code));
      }
      return new Cryptoki(library, list.getValue());
    } catch (UnsatisfiedLinkError e) {
      throw new IOException(path + ": is no PKCS#11 module", e);
    }
  }

  /** The name in error messages. */
  String name() {
    return library.getName();
  }

  /** C_Initialize, for use by several threads; false where somebody else did it already. */
  boolean initialize() throws Pkcs11Exception {
    try (var arguments = new Memory(INITIALIZE_ARGS)) {
      arguments.clear();
      arguments.setLong(4L * Long.BYTES, CKF_OS_LOCKING_OK);
      call(name(), CkFunction.C_Initialize, arguments);
      return true;
    } catch (Pkcs11Exception e) {
      if (e.is(CkResult.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
        return false;
      }
      throw e;
    }
  }

  /** Calls; what is not CKR_OK is an exception that names the module or token. */
  void call(String where, CkFunction function, Object... arguments) throws Pkcs11Exception {
    long code = result(function, arguments);
    if (code != 0) {
      throw new Pkcs11Exception(where, function, code);
    }
  }

  /** Calls and returns the CK_RV. */
  long result(CkFunction function, Object... arguments) {
    var pointer = functions.get(function);
    if (pointer == null) {
      throw new IllegalStateException("every function was looked up");
    }
    return pointer.invokeLong(arguments);
  }
}
