// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.device;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a start changes on the machine: processes, mounts, loop devices, control groups. */
public final class Traces {
  private Traces() {}

  /** All mounts of this process, and of the rest what speaks of our containers. */
  public static SortedSet<String> now() throws IOException {
    SortedSet<String> traces = new TreeSet<>();
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains("squashfs") || line.contains("trustme"))
        .forEach(line -> traces.add("mount " + line));
    try (Stream<Path> loops = Files.list(Path.of("/sys/block"))) {
      for (Path loop : loops.toList()) {
        Path backing = loop.resolve("loop/backing_file");
        if (Files.exists(backing) && Files.readString(backing).contains(".squashfs")) {
          traces.add("loop " + loop);
        }
      }
    }
    try (Stream<Path> groups = Files.walk(Path.of("/sys/fs/cgroup"), 3, new FileVisitOption[0])) {
      groups
          .filter(group -> group.getFileName().toString().startsWith("trustme"))
          .forEach(group -> traces.add("cgroup " + group));
    }
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains("/run/trustme/"))
        .forEach(p -> traces.add("process " + p.info().commandLine().orElse("")));
    return traces;
  }

  /** The traces as soon as they are these, or what they are after five seconds. */
  public static SortedSet<String> settled(SortedSet<String> expected)
      throws IOException, InterruptedException {
    List<SortedSet<String>> seen = new ArrayList<>(List.of(now()));
    for (int i = 0; i < 50 && !seen.getLast().equals(expected); i++) {
      Thread.sleep(100);
      seen.add(now());
    }
    return seen.getLast();
  }
}
