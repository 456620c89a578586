// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.Isolation;
import dev.trustme.artifact.LaunchDescription;
import dev.trustme.bytes.Bytes;
import dev.trustme.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The engine's {@code config.json}, made from the signed launch description alone: every namespace,
 * no capability that is not granted, no new privileges, a read-only root, no device but the
 * engine's own harmless ones, no network. Nothing in it comes from the image. OCI Runtime
 * Specification 1.0.2.
 */
final class EngineConfig {
  /** Host ids of a container's users: outside of what accounts of the host use. */
  private static final int FIRST_HOST_ID = 231072;

  /** Microseconds over which a share of the processors is counted. */
  private static final long CPU_PERIOD = 100_000;

  private static final int UMASK = 0_077;
  private static final int OPEN_FILES = 1024;

  private static final List<String> NAMESPACES =
      List.of("pid", "network", "ipc", "uts", "mount", "user", "cgroup");

  private static final List<String> MASKED =
      List.of(
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private EngineConfig() {}

  static Bytes of(ContainerManifest manifest) throws IOException {
    var launch = manifest.launch();
    return Json.writePretty(
        object(
            "ociVersion", "1.0.2",
            "process", process(launch),
            "root", object("path", RuntimeFolder.ROOTFS, "readonly", true),
            "hostname", manifest.name(),
            "mounts", mounts(launch),
            "linux", linux(manifest)));
  }

  private static Map<String, Object> process(LaunchDescription launch) {
    var capabilities = launch.capabilities().stream().map(Enum::name).toList();
    return object(
        "terminal", false,
        "user", object("uid", launch.user().uid(), "gid", launch.user().gid(), "umask", UMASK),
        "args", launch.args(),
        "env", launch.env(),
        "cwd", launch.cwd(),
        "capabilities",
            object(
                "bounding", capabilities,
                "effective", capabilities,
                "inheritable", capabilities,
                "permitted", capabilities,
                "ambient", capabilities),
        "rlimits",
            List.of(
                object("type", "RLIMIT_CORE", "hard", 0, "soft", 0),
                object("type", "RLIMIT_NOFILE", "hard", OPEN_FILES, "soft", OPEN_FILES)),
        "noNewPrivileges", true);
  }

  private static List<Object> mounts(LaunchDescription launch) {
    List<Object> mounts = new ArrayList<>();
    mounts.add(mount("/proc", "proc", Stream.of("nosuid", "noexec", "nodev")));
    mounts.add(
        mount(
            "/dev", "tmpfs", Stream.of("nosuid", "noexec", "strictatime", "mode=755", "size=64k")));
    for (var each : launch.mounts()) {
      mounts.add(
          switch (each.type()) {
            case TMPFS -> mount(each.target(), "tmpfs", tmpfs(each, launch.user()));
            case VOLUME -> throw new IllegalArgumentException("a volume passed the start guard");
          });
    }
    return mounts;
  }

  /** Owned by the container's user, as runc 1.1 gives it the mode of the image's own folder. */
  private static Stream<String> tmpfs(LaunchDescription.Mount mount, LaunchDescription.User user) {
    return Stream.of(
        "nosuid",
        "noexec",
        "nodev",
        "mode=1777",
        "uid=" + user.uid(),
        "gid=" + user.gid(),
        "size=" + mount.size());
  }

  private static Map<String, Object> mount(String target, String type, Stream<String> options) {
    return object("destination", target, "type", type, "source", type, "options", options.toList());
  }

  private static Map<String, Object> linux(ContainerManifest manifest) throws IOException {
    var ids =
        List.of(
            object(
                "containerID",
                0,
                "hostID",
                FIRST_HOST_ID,
                "size",
                LaunchDescription.User.MAX_ID + 1));
    return object(
        "uidMappings",
        ids,
        "gidMappings",
        ids,
        "cgroupsPath",
        "/" + RuntimeFolder.id(manifest.name()),
        "resources",
        resources(manifest.launch()),
        "namespaces",
        NAMESPACES.stream().map(type -> object("type", type)).toList(),
        "seccomp",
        SeccompProfile.json(),
        "rootfsPropagation",
        "private",
        "maskedPaths",
        MASKED,
        "readonlyPaths",
        READ_ONLY);
  }

  /** Limits that the machine cannot keep are left out; the command warns of them. */
  private static Map<String, Object> resources(LaunchDescription launch) throws IOException {
    var limits = launch.limits();
    var resources = object("devices", List.of(object("allow", false, "access", "rwm")));
    if (Cgroups.has("memory")) {
      resources.put("memory", object("limit", limits.memory()));
    }
    if (Cgroups.has("pids")) {
      resources.put("pids", object("limit", limits.pids()));
    }
    var cpu = launch.isolation().flatMap(Isolation::cpu);
    if (cpu.isPresent() && Cgroups.has("cpu")) {
      resources.put("cpu", object("period", CPU_PERIOD, "quota", cpu.get() * CPU_PERIOD / 1000L));
    }
    return resources;
  }

  /** A JSON object with its keys in this order. */
  private static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }
}
