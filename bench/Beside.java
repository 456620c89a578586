// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times whole commands in turn (A B C, A B C, …): {@code Beside.java ROUNDS NAME COMMAND [NAME
 * COMMAND]...}. Each command is a line for sh, run in the folder that this was started in. Prints
 * the median of wall clock and processor time (user and system, of all its processes), and how many
 * times faster than each other command the last ones are.
 */
public class Beside {
  /** Clock ticks a second of /proc, which Linux has fixed. */
  private static final double TICKS = 100;

  private static final Path ERRORS = Path.of("beside.err");

  private record Line(String name, String command, double[] wall, double[] processor) {
    double median() {
      return sorted(wall)[wall.length / 2];
    }
  }

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    List<Line> lines = new ArrayList<>();
    for (int i = 1; i < args.length; i += 2) {
      lines.add(new Line(args[i], args[i + 1], new double[rounds], new double[rounds]));
    }
    for (int round = 0; round < rounds; round++) {
      for (Line line : lines) {
        time(line, round);
      }
    }
    System.out.printf("%d rounds, in turn%n", rounds);
    for (Line line : lines) {
      double[] wall = sorted(line.wall);
      System.out.printf(
          "%-26s median %8.2f s  (%.2f to %.2f)  processor %7.2f s%n",
          line.name, line.median(), wall[0], wall[rounds - 1], sorted(line.processor)[rounds / 2]);
    }
    for (int i = 1; i < lines.size(); i++) {
      for (int j = 0; j < i; j++) {
        System.out.printf(
            "%s: %.2f times as fast as %s%n",
            lines.get(i).name, lines.get(j).median() / lines.get(i).median(), lines.get(j).name);
      }
    }
  }

  private static void time(Line line, int round) throws Exception {
    double before = childrenTime();
    long start = System.nanoTime();
    int code =
        new ProcessBuilder("sh", "-euc", line.command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ERRORS.toFile())
            .start()
            .waitFor();
    line.wall[round] = (System.nanoTime() - start) / 1e9;
    if (code != 0) {
      throw new IllegalStateException(
          line.name + " ended with " + code + ": " + Files.readString(ERRORS));
    }
    line.processor[round] = childrenTime() - before;
  }

  /** cutime and cstime, proc(5): of children that were waited for, and theirs. */
  private static double childrenTime() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS;
  }

  private static double[] sorted(double[] values) {
    double[] copy = values.clone();
    Arrays.sort(copy);
    return copy;
  }
}
