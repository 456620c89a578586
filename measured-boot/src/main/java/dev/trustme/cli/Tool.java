// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.util.List;

/** A tool of the suite: a command that only has verbs. */
public interface Tool {
  /**
   * The commands, in the order of the help. They are not in the tool's annotation: reflection on
   * all of them takes longer than most commands do, so {@link Launcher} asks for the called one.
   */
  List<Class<?>> verbs();
}
