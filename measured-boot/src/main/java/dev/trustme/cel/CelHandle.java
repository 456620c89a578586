// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

/** What a record extends. */
public sealed interface CelHandle {
  /** A PCR, 0 to 23. */
  record Pcr(int index) implements CelHandle {
    private static final int MAX = 23;

    public Pcr {
      if (index < 0 || index > MAX) {
        throw new IllegalArgumentException("pcr: expected 0 to 23, found " + index);
      }
    }

    @Override
    public String toString() {
      return "PCR " + index;
    }
  }

  /** An NV index of the type extend, as systemd uses for registers of its own. */
  record NvIndex(long index) implements CelHandle {
    private static final long FIRST = 0x01000000L;
    private static final long LAST = 0x01ffffffL;

    public NvIndex {
      if (index < FIRST || index > LAST) {
        throw new IllegalArgumentException("nv_index: %x is no NV index".formatted(index));
      }
    }

    @Override
    public String toString() {
      return "NV 0x%08x".formatted(index);
    }
  }
}
