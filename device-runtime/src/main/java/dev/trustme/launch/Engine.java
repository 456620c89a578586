// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An OCI runtime of this machine. */
public record Engine(Kind kind, Path program) {
  private static final List<String> FOLDERS =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  /** Where programs are looked for, whatever the caller's environment says. */
  static final String PATH = String.join(":", FOLDERS);

  /** The runtimes that are known. */
  public enum Kind {
    CRUN,
    RUNC
  }

  /** crun where control groups are version 2 alone, which it needs, and runc elsewhere. */
  public static Engine choose() throws IOException {
    return of(Cgroups.pureVersion2() && find(Kind.CRUN).isPresent() ? Kind.CRUN : Kind.RUNC);
  }

  public static Engine of(Kind kind) throws IOException {
    return find(kind)
        .map(program -> new Engine(kind, program))
        .orElseThrow(() ->
            new IOException(
                "%s is not installed; on Debian: apt install %s"
                    .formatted(name(kind), name(kind))));
  }

  private static Optional<Path> find(Kind kind) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, name(kind)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The command line up to its verb, for a runtime folder. */
  List<String> command(RuntimeFolder folder, String... verb) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("--root", folder.state().toString()));
    command.addAll(List.of("--log", folder.engineLog().toString(), "--log-format", "json"));
    if (kind == Kind.CRUN) {
      command.add("--cgroup-manager=cgroupfs");
    }
    command.addAll(List.of(verb));
    return command;
  }
}
