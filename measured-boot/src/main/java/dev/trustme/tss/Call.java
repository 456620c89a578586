// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.tpm.Tpm2b;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One call of ESYS with the memory it needs. Closing zeroes and frees the inputs, and frees the
 * outputs, however the call ended. What a busy TPM refuses for now is sent again, a bounded number
 * of times.
 */
final class Call implements AutoCloseable {
  private static final int ATTEMPTS = 8;
  private static final long FIRST_WAIT_MILLIS = 5;
  private static final int SIZE_FIELD = 2;

  private final TssContext tss;
  private final String name;
  private final List<Memory> inputs = new ArrayList<>();
  private final List<PointerByReference> outputs = new ArrayList<>();

  Call(TssContext tss, String name) {
    this.tss = tss;
    this.name = name;
  }

  /** The native call: everything but these two is captured. */
  @FunctionalInterface
  interface Body {
    int apply(Esys esys, Pointer context);
  }

  /** Reads what the TPM answered. */
  @FunctionalInterface
  interface Parser<T> {
    T parse(Bytes wire) throws FormatException;
  }

  Pointer in(TssType type, Bytes wire) throws TssException {
    return in(type, wire.toArray());
  }

  /** A TPM2B of this content. */
  Pointer in2b(TssType type, Bytes content) throws TssException {
    return in(type, Tpm2b.encode(content).toArray());
  }

  Pointer empty2b(TssType type) throws TssException {
    return in(type, new byte[SIZE_FIELD]);
  }

  Pointer in(TssType type, byte[] wire) throws TssException {
    var memory = tss.wire().in(type, wire);
    inputs.add(memory);
    return memory;
  }

  Pointer auth(Secret secret) throws TssException {
    var wire = new byte[SIZE_FIELD + secret.size()];
    secret.putTpm2b(ByteBuffer.wrap(wire));
    try {
      return in(TssType.TPM2B_AUTH, wire);
    } finally {
      Arrays.fill(wire, (byte) 0);
    }
  }

  PointerByReference out() {
    var output = new PointerByReference();
    outputs.add(output);
    return output;
  }

  void run(Body body) throws IOException {
    long wait = FIRST_WAIT_MILLIS;
    for (int attempt = 1; ; attempt++) {
      int code = body.apply(tss.esys(), tss.pointer());
      boolean busy = new TssReturnCode(code).tpmRc().filter(TpmRc::busy).isPresent();
      if (!busy || attempt == ATTEMPTS) {
        tss.require(name, code);
        return;
      }
      pause(wait);
      wait *= 2;
    }
  }

  private static void pause(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the TPM was busy");
    }
  }

  Bytes wire(TssType type, PointerByReference output) throws IOException {
    return Bytes.copyOf(tss.wire().out(type, output.getValue()));
  }

  /** The content of a TPM2B. */
  Bytes content(TssType type, PointerByReference output) throws IOException {
    Bytes wire = wire(type, output);
    return wire.slice(SIZE_FIELD, wire.size());
  }

  <T> T parse(TssType type, PointerByReference output, Parser<T> parser) throws IOException {
    return parse(wire(type, output), parser);
  }

  static <T> T parse(Bytes wire, Parser<T> parser) throws IOException {
    try {
      return parser.parse(wire);
    } catch (FormatException e) {
      throw new IOException("the TPM's answer is malformed: " + e.getMessage(), e);
    }
  }

  static BinaryReader reader(Bytes wire, TssType type) {
    return BinaryReader.bigEndian(wire, type.name());
  }

  /** The content of a TPM2B that is secret: the library's copy is zeroed; the caller's is his. */
  byte[] secret(TssType type, PointerByReference output) throws IOException {
    byte[] wire = tss.wire().out(type, output.getValue());
    try {
      return Arrays.copyOfRange(wire, SIZE_FIELD, wire.length);
    } finally {
      output.getValue().clear(wire.length);
      Arrays.fill(wire, (byte) 0);
    }
  }

  @Override
  public void close() {
    for (Memory input : inputs) {
      input.clear();
      input.close();
    }
    for (PointerByReference output : outputs) {
      Pointer memory = output.getValue();
      if (memory != null) {
        tss.esys().Esys_Free(memory);
      }
    }
  }
}
