// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.trustme.bytes.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** An array of CK_ATTRIBUTE { type, pValue, ulValueLen } with its values. */
final class Template {
  static final int ATTRIBUTE_SIZE = 3 * Long.BYTES;

  private record Entry(Attribute type, Bytes value) {}

  private final List<Entry> entries = new ArrayList<>();

  Template add(Attribute type, Bytes value) {
    entries.add(new Entry(type, value));
    return this;
  }

  Template add(Attribute type, boolean value) {
    return add(type, Bytes.copyOf(new byte[] {(byte) (value ? 1 : 0)}));
  }

  Template add(Attribute type, long value) {
    return add(
        type,
        Bytes.copyOf(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value).array()));
  }

  long count() {
    return entries.size();
  }

  /** The array, followed by the values; never empty. */
  Memory memory() {
    int values = entries.stream().mapToInt(e -> e.value.size()).sum();
    long at = (long) entries.size() * ATTRIBUTE_SIZE;
    var memory = new Memory(at + values + 1);
    long entry = 0;
    for (Entry e : entries) {
      memory.setLong(entry, e.type.code());
      memory.setPointer(entry + Long.BYTES, memory.share(at));
      memory.setLong(entry + 2L * Long.BYTES, e.value.size());
      memory.write(at, e.value.toArray(), 0, e.value.size());
      at += e.value.size();
      entry += ATTRIBUTE_SIZE;
    }
    return memory;
  }

  /** One attribute whose value is asked for. */
  static void ask(Pointer memory, Attribute type, Pointer value, long size) {
    memory.setLong(0, type.code());
    memory.setPointer(Long.BYTES, value);
    memory.setLong(2L * Long.BYTES, size);
  }
}
