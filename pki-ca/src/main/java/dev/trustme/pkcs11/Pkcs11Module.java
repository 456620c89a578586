// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Memory;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A PKCS#11 module in use. A process initializes each module once: whoever opens it shares it, and
 * the last one to close it finalizes it.
 */
public final class Pkcs11Module implements AutoCloseable {
  private static final Map<Path, Shared> OPEN = new HashMap<>();
  private static final int MAX_SLOTS = 1024;
  private static final byte CK_TRUE = 1;
  private static final int SLOT_INFO = 112;

  /** One initialized module and how many use it. */
  private static final class Shared {
    private final Cryptoki cryptoki;
    private final boolean ours;
    private int users;

    Shared(Cryptoki cryptoki) throws IOException {
      this.cryptoki = cryptoki;
      this.ours = cryptoki.initialize();
    }
  }

  private final Path path;
  private final Cryptoki cryptoki;
  private boolean closed;

  private Pkcs11Module(Path path, Cryptoki cryptoki) {
    this.path = path;
    this.cryptoki = cryptoki;
  }

  /** Loads the module: its code runs in this process. */
  public static Pkcs11Module open(Path library) throws IOException {
    Path path = library.toAbsolutePath().normalize();
    synchronized (OPEN) {
      var shared = OPEN.get(path);
      if (shared == null) {
        shared = new Shared(Cryptoki.load(path));
        OPEN.put(path, shared);
      }
      shared.users++;
      return new Pkcs11Module(path, shared.cryptoki);
    }
  }

  Cryptoki cryptoki() {
    return cryptoki;
  }

  /** The initialized tokens that are there now. */
  public List<TokenInfo> tokens() throws IOException {
    List<TokenInfo> tokens = new ArrayList<>();
    for (long slot : slots()) {
      try (var memory = new Memory(TokenInfo.SIZE)) {
        long code = cryptoki.result(CkFunction.C_GetTokenInfo, slot, memory);
        var token = TokenInfo.read(slotInfo(slot), memory);
        if (code == 0 && token.initialized()) {
          tokens.add(token);
        }
      }
    }
    return tokens;
  }

  private TokenInfo.Slot slotInfo(long slot) throws IOException {
    try (var memory = new Memory(SLOT_INFO)) {
      cryptoki.call(cryptoki.name(), CkFunction.C_GetSlotInfo, slot, memory);
      return new TokenInfo.Slot(
          slot, TokenInfo.text(memory, 0, 64), TokenInfo.text(memory, 64, 32));
    }
  }

  private long[] slots() throws IOException {
    var count = new LongByReference(MAX_SLOTS);
    try (var list = new Memory((long) MAX_SLOTS * Long.BYTES)) {
      cryptoki.call(cryptoki.name(), CkFunction.C_GetSlotList, CK_TRUE, list, count);
      return list.getLongArray(0, (int) Math.min(count.getValue(), MAX_SLOTS));
    }
  }

  /** What the library says of itself. */
  public LibraryInfo info() throws IOException {
    try (var memory = new Memory(LibraryInfo.SIZE)) {
      cryptoki.call(cryptoki.name(), CkFunction.C_GetInfo, memory);
      return LibraryInfo.read(memory);
    }
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      var shared = OPEN.get(path);
      if (closed || shared == null) {
        return;
      }
      closed = true;
      shared.users--;
      if (shared.users == 0) {
        OPEN.remove(path);
        if (shared.ours) {
          // Nothing is left to do where the module does not want to end.
          long unused = cryptoki.result(CkFunction.C_Finalize, (Object) null);
        }
      }
    }
  }
}
