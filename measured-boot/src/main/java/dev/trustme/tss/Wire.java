// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;

/**
 * Wire bytes of a TPM structure to the C structure and back. Every C structure passed in lives in
 * one zeroed block that is larger than any of them (the largest in use, TPML_DIGEST_VALUES, has
 * 1060 bytes), so only tpm2-tss knows the layouts.
 */
final class Wire {
  private static final int BLOCK = 8192;

  private final Libraries libraries;

  Wire(Libraries libraries) {
    this.libraries = libraries;
  }

  /** One {@code Tss2_MU_*_Unmarshal}. */
  @FunctionalInterface
  interface Unmarshal {
    int apply(byte[] buffer, NativeLong size, NativeLongByReference offset, Pointer target);
  }

  /** One {@code Tss2_MU_*_Marshal}. */
  @FunctionalInterface
  interface Marshal {
    int apply(Pointer source, byte[] buffer, NativeLong size, NativeLongByReference offset);
  }

  /** The C structure for these wire bytes; the caller closes it. */
  Memory in(String structure, Bytes wire, Unmarshal unmarshal) throws TssException {
    var block = new Memory(BLOCK);
    try {
      block.clear();
      var offset = new NativeLongByReference(new NativeLong(0));
      libraries.require(
          structure, unmarshal.apply(wire.toArray(), new NativeLong(wire.size()), offset, block));
      return block;
    } catch (TssException | RuntimeException e) {
      block.close();
      throw e;
    }
  }

  /** The wire bytes of a C structure that the library returned. */
  BinaryReader out(String structure, Pointer source, Marshal marshal) throws TssException {
    var buffer = new byte[BLOCK];
    var offset = new NativeLongByReference(new NativeLong(0));
    libraries.require(structure, marshal.apply(source, buffer, new NativeLong(BLOCK), offset));
    return BinaryReader.bigEndian(
        Bytes.copyOf(buffer).slice(0, offset.getValue().intValue()), structure);
  }
}
