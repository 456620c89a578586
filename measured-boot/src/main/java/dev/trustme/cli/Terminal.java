// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

/**
 * Which standard streams are terminals. The launcher script asks the shell and says so, as a JVM
 * cannot tell before Java 22; without it none is, and nothing is coloured or asked for.
 */
public final class Terminal {
  private static final String STREAMS = System.getProperty("trustme.terminal", "");

  private Terminal() {}

  public static boolean input() {
    return STREAMS.contains("in");
  }

  static boolean output() {
    return STREAMS.contains("out");
  }

  static boolean error() {
    return STREAMS.contains("err");
  }
}
