// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import dev.trustme.artifact.Isolation;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.measure.MeasuredStart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a measured container to its end. The image is mounted, read-only and from the very file that
 * was verified, in a mount namespace that lives and dies with the engine: the host's mounts never
 * change, and the loop device goes with the mount.
 */
public final class ContainerLauncher implements AutoCloseable {
  private static final String MOUNTED = "mounted";
  private static final String MOUNT_ERROR = "mount-error";

  /** Arguments: image, bundle, a hierarchy to hide from the engine (or nothing), the engine. */
  private static final String SCRIPT =
      """
      mount -t squashfs -o loop,ro,nosuid,nodev "$1" "$2/rootfs" 2>"$2/mount-error" || exit 1
      [ -z "$3" ] || umount "$3" || exit 1
      : >"$2/mounted"
      shift 3
      exec "$@"
      """;

  private final Engine engine;
  private final RuntimeFolder folder;

  private ContainerLauncher(Engine engine, RuntimeFolder folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /**
   * A launcher for one container, which no other process can start until it is closed. What is
   * missing to start it at all is said here, before anything is measured.
   */
  public static ContainerLauncher take(Engine engine, String name) throws IOException {
    if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException("starting containers needs root: mounts, namespaces, control groups");
    }
    return new ContainerLauncher(engine, RuntimeFolder.take(name));
  }

  /** The limits of the launch description that this machine cannot keep. */
  public List<String> unkeptLimits(LaunchDescription launch) throws IOException {
    var limits = launch.limits();
    List<String> unkept = new ArrayList<>();
    if (!Cgroups.has("memory")) {
      unkept.add("memory %d bytes".formatted(limits.memory()));
    }
    if (!Cgroups.has("pids")) {
      unkept.add("%d processes".formatted(limits.pids()));
    }
    var cpu = launch.isolation().flatMap(Isolation::cpu);
    if (cpu.isPresent() && !Cgroups.has("cpu")) {
      unkept.add("%d thousandths of a processor".formatted(cpu.get()));
    }
    return unkept;
  }

  /**
   * Runs the container in the foreground; returns its exit code, 128 + n where signal n ended it.
   */
  public int run(MeasuredStart start, OutputStream out, OutputStream err)
      throws IOException, InterruptedException {
    var manifest = start.permit().manifest();
    if (!folder.id().equals(RuntimeFolder.id(manifest.name()))) {
      throw new IllegalArgumentException(
          manifest.name() + " is not what was taken: " + folder.id());
    }
    try (var running = new RunningContainer(engine, folder)) {
      running.removeLeftovers();
      folder.fill(EngineConfig.of(manifest));
      int code = running.run(command(start), out, err);
      requireStarted(code);
      return code;
    }
  }

  private List<String> command(MeasuredStart start) {
    String image = start.permit().image().path().toString();
    String bundle = folder.bundle().toString();
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "--"));
    command.addAll(List.of("sh", "-c", SCRIPT, "sh", image, bundle, hidden()));
    command.addAll(engine.command(folder, "run", "--bundle", bundle, folder.id()));
    return command;
  }

  /** crun refuses to work beside version 1 hierarchies as long as it sees the version 2 one. */
  private String hidden() {
    return engine.kind() == Engine.Kind.CRUN
        ? Cgroups.unifiedBesideVersion1().map(Path::toString).orElse("")
        : "";
  }

  private void requireStarted(int code) throws IOException {
    if (!Files.exists(folder.bundle().resolve(MOUNTED))) {
      Path error = folder.bundle().resolve(MOUNT_ERROR);
      String words = Files.exists(error) ? Files.readString(error).strip() : "";
      throw new IOException(
          "the image cannot be mounted: " + (words.isEmpty() ? "exit code " + code : words));
    }
    if (code != 0) {
      var problem = EngineLog.firstError(folder.engineLog());
      if (problem.isPresent()) {
        throw new IOException("the engine did not start the container: " + problem.get());
      }
    }
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
