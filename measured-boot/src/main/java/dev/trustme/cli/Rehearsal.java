// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several commands of one tool in one process: what a start-up cache is trained with. The
 * first argument is the tool's class, then come the commands, each after a {@code --then}.
 */
public final class Rehearsal {
  private static final String SEPARATOR = "--then";

  private Rehearsal() {}

  public static void main(String... args) throws ReflectiveOperationException {
    List<String> command = new ArrayList<>();
    for (int i = 1; i <= args.length; i++) {
      if (i == args.length || args[i].equals(SEPARATOR)) {
        rehearse(args[0], command);
        command.clear();
      } else {
        command.add(args[i]);
      }
    }
  }

  private static void rehearse(String tool, List<String> command)
      throws ReflectiveOperationException {
    if (command.isEmpty()) {
      return;
    }
    try {
      Object instance = Class.forName(tool).getDeclaredConstructor().newInstance();
      int code = Launcher.run(instance, command.toArray(String[]::new));
      System.out.println("exit " + code + " of " + command);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("cannot make " + tool, e);
    }
  }
}
