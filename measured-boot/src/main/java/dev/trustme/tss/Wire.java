// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import java.util.EnumMap;
import java.util.Map;

/**
 * Wire bytes of a TPM structure to the C structure and back, by tpm2-tss's own marshalling. Every C
 * structure passed in lives in one zeroed block that is larger than any of them, so only tpm2-tss
 * knows the layouts. Whatever held a copy is zeroed after use.
 */
final class Wire implements AutoCloseable {
  /** The largest structure in use, TPMS_CONTEXT, has 5208 bytes. */
  private static final int BLOCK = 8192;

  private final Libraries libraries;
  private final Map<TssType, Function> unmarshal = new EnumMap<>(TssType.class);
  private final Map<TssType, Function> marshal = new EnumMap<>(TssType.class);
  private final Memory scratch = new Memory(BLOCK);

  Wire(Libraries libraries) {
    this.libraries = libraries;
  }

  /** The C structure for these wire bytes; the caller clears and closes it. */
  Memory in(TssType type, byte[] wire) throws TssException {
    if (wire.length > type.maxBytes()) {
      throw new IllegalArgumentException(
          "%s of %d bytes, at most %d are possible".formatted(type, wire.length, type.maxBytes()));
    }
    var block = new Memory(BLOCK);
    try {
      block.clear();
      scratch.write(0, wire, 0, wire.length);
      var function =
          unmarshal.computeIfAbsent(type, t -> function(libraries.marshalling(), t, "Unmarshal"));
      require(
          type,
          function.invokeInt(
              new Object[] {
                scratch,
                new NativeLong(wire.length),
                new NativeLongByReference(new NativeLong(0)),
                block
              }));
      return block;
    } catch (TssException | RuntimeException e) {
      block.close();
      throw e;
    } finally {
      scratch.clear();
    }
  }

  /** The wire bytes of a C structure that the library returned. */
  byte[] out(TssType type, Pointer source) throws TssException {
    var offset = new NativeLongByReference(new NativeLong(0));
    try {
      var function =
          marshal.computeIfAbsent(type, t -> function(libraries.marshalling(), t, "Marshal"));
      require(
          type, function.invokeInt(new Object[] {source, scratch, new NativeLong(BLOCK), offset}));
      return scratch.getByteArray(0, Math.min(offset.getValue().intValue(), BLOCK));
    } finally {
      scratch.clear();
    }
  }

  private static Function function(NativeLibrary library, TssType type, String direction) {
    return library.getFunction("Tss2_MU_" + type + "_" + direction);
  }

  private void require(TssType type, int code) throws TssException {
    libraries.require(type.name(), code);
  }

  @Override
  public void close() {
    scratch.close();
  }
}
