// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How this machine's control groups are set up. Linux, Documentation/admin-guide/cgroup-v2.rst. */
final class Cgroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final Path UNIFIED = ROOT.resolve("unified");

  private Cgroups() {}

  /** Version 2 alone, without a version 1 hierarchy beside it. */
  static boolean pureVersion2() {
    return Files.exists(ROOT.resolve("cgroup.controllers"));
  }

  /** Where version 2 is mounted beside version 1 hierarchies. */
  static Optional<Path> unifiedBesideVersion1() {
    return Files.exists(UNIFIED.resolve("cgroup.procs")) ? Optional.of(UNIFIED) : Optional.empty();
  }

  /** Whether limits of this controller can be set. */
  static boolean has(String controller) throws IOException {
    return pureVersion2()
        ? List.of(Files.readString(ROOT.resolve("cgroup.controllers")).strip().split(" "))
            .contains(controller)
        : Files.isDirectory(ROOT.resolve(controller));
  }
}
