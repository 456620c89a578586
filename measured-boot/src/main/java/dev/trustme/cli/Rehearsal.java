// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several commands in one process: what a start-up cache is trained with. A command begins
 * with the class of its tool; between two commands stands {@code --then}.
 */
public final class Rehearsal {
  private static final String SEPARATOR = "--then";

  private Rehearsal() {}

  public static void main(String... args) throws ReflectiveOperationException {
    List<String> command = new ArrayList<>();
    for (int i = 0; i <= args.length; i++) {
      if (i == args.length || args[i].equals(SEPARATOR)) {
        rehearse(command);
        command.clear();
      } else {
        command.add(args[i]);
      }
    }
  }

  private static void rehearse(List<String> command) throws ReflectiveOperationException {
    if (command.isEmpty()) {
      return;
    }
    var tool = command.getFirst();
    try {
      Object instance = Class.forName(tool).getDeclaredConstructor().newInstance();
      var words = command.subList(1, command.size());
      int code = Launcher.run(instance, words.toArray(String[]::new));
      System.out.println("exit " + code + " of " + command);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("cannot make " + tool, e);
    }
  }
}
