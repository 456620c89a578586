// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.testing;

import com.sun.management.ThreadMXBean;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.lang.management.ManagementFactory;

/** What every fuzz test asks of a parser, whatever the bytes. */
public final class HostileBytes {
  /** What any parser may take, in bytes. */
  private static final long FLOOR = 4 << 20;

  /** Bytes allocated for each byte of input, all copies and records together. */
  private static final long MULTIPLE = 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private HostileBytes() {}

  /** Parses and asserts what must hold of accepted input. */
  @FunctionalInterface
  public interface Parser {
    void parse(Bytes input) throws FormatException;
  }

  /**
   * Runs the parser: it returns or throws a FormatException, and allocates no more than a small
   * multiple of its input. All else is an error. A first run may have to load classes, so a second
   * one decides about the memory.
   */
  public static void check(byte[] input, Parser parser) {
    long limit = FLOOR + MULTIPLE * input.length;
    if (allocated(input, parser) > limit) {
      long again = allocated(input, parser);
      if (again > limit) {
        throw new AssertionError(
            "%d bytes of input, %d bytes allocated".formatted(input.length, again));
      }
    }
  }

  private static long allocated(byte[] input, Parser parser) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      parser.parse(Bytes.copyOf(input));
    } catch (FormatException e) {
      if (e.offset() < 0) {
        throw new AssertionError("offset " + e.offset(), e);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
