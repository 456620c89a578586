// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a container runs, without anything that differs from device to device: the signer writes it
 * into the manifest, the device derives the engine's configuration from it, and its digest is
 * measured at every start. What it does not grant is denied: the root is read-only, there is no
 * network and no new privilege.
 */
public record LaunchDescription(
    List<String> args,
    List<String> env,
    String cwd,
    User user,
    List<Capability> capabilities,
    List<Mount> mounts,
    Network network,
    Limits limits,
    Optional<Isolation> isolation) {
  private static final int MAX_STRINGS = 1024;
  private static final int MAX_LENGTH = 32 * 1024;
  private static final Pattern VARIABLE = Pattern.compile("(?s)[A-Za-z_][A-Za-z0-9_.-]*=.*");
  private static final Pattern PATH = Pattern.compile("(/[^/\0]+)+");

  public LaunchDescription {
    args = strings("args", args);
    env = strings("env", env);
    capabilities = distinct("capabilities", capabilities);
    mounts = List.copyOf(mounts);
    require(!args.isEmpty() && !args.getFirst().isEmpty(), "args: expected a program to run");
    requireVariables(env);
    require(cwd.equals("/") || normal(cwd), "cwd: expected an absolute path, found " + cwd);
    distinct("mounts", mounts.stream().map(Mount::target).toList());
    distinct("mounts", mounts.stream().flatMap(m -> m.name().stream()).toList());
  }

  /** Numeric ids inside the container. */
  public record User(int uid, int gid) {
    /** Ids from 0 to this one exist inside a container. */
    public static final int MAX_ID = 65535;

    public User {
      require(uid >= 0 && uid <= MAX_ID, "uid: expected 0 to 65535, found " + uid);
      require(gid >= 0 && gid <= MAX_ID, "gid: expected 0 to 65535, found " + gid);
    }
  }

  /** The capabilities that a container may be granted; they hold in its own user namespace. */
  public enum Capability {
    CAP_CHOWN,
    CAP_DAC_OVERRIDE,
    CAP_FOWNER,
    CAP_KILL,
    CAP_NET_BIND_SERVICE,
    CAP_SETGID,
    CAP_SETUID
  }

  /**
   * A file system of the container's own; always nosuid, nodev, noexec. Size in bytes. A volume has
   * a name, by which its content lasts from start to start.
   */
  public record Mount(MountType type, String target, long size, Optional<String> name) {
    private static final long MAX_SIZE = 1L << 40;
    private static final Set<String> RESERVED = Set.of("proc", "sys", "dev");

    public Mount {
      require(normal(target), "target: expected an absolute path, found " + target);
      require(
          !RESERVED.contains(target.split("/", 3)[1]),
          "target: /proc, /sys and /dev are the engine's, found " + target);
      require(size >= 4096 && size <= MAX_SIZE, "size: expected 4096 to 2^40, found " + size);
      require(
          (type == MountType.VOLUME) == name.isPresent(),
          "name: a volume, and only a volume, has one");
      require(
          name.map(ContainerManifest::isName).orElse(true),
          "name: expected lower-case letters and digits with single dots or dashes");
    }

    /** A tmpfs. */
    public static Mount tmpfs(String target, long size) {
      return new Mount(MountType.TMPFS, target, size, Optional.empty());
    }
  }

  /** Kinds of mounts. */
  public enum MountType {
    /** Empty at every start, gone at its end. */
    @JsonProperty("tmpfs")
    TMPFS,
    /** Lasts, encrypted, on the device. */
    @JsonProperty("volume")
    VOLUME
  }

  /** Upper bounds: memory in bytes, number of processes and threads. */
  public record Limits(long memory, int pids) {
    private static final long MIN_MEMORY = 1L << 20;
    private static final int MAX_PIDS = 1 << 22;

    public Limits {
      require(memory >= MIN_MEMORY, "memory: expected 1048576 bytes or more, found " + memory);
      require(pids >= 1 && pids <= MAX_PIDS, "pids: expected 1 to 4194304, found " + pids);
    }
  }

  /** SHA-256 over the compact JSON, which is how the manifest holds it: what is measured. */
  public Digest digest() {
    return HashAlgorithm.SHA256.digest(Json.write(this));
  }

  private static List<String> strings(String what, List<String> values) {
    require(values.size() <= MAX_STRINGS, what + ": more than " + MAX_STRINGS);
    for (String value : values) {
      require(
          value.indexOf('\0') < 0 && value.length() <= MAX_LENGTH,
          what + ": a value holds a NUL or is longer than " + MAX_LENGTH + " characters");
    }
    return List.copyOf(values);
  }

  private static void requireVariables(List<String> env) {
    for (String variable : env) {
      require(VARIABLE.matcher(variable).matches(), "env: expected NAME=value, found " + variable);
    }
    distinct("env", env.stream().map(v -> v.substring(0, v.indexOf('='))).toList());
  }

  private static <T> List<T> distinct(String what, List<T> values) {
    Set<T> seen = new HashSet<>();
    for (T value : values) {
      require(seen.add(value), what + ": " + value + " appears twice");
    }
    return List.copyOf(values);
  }

  /** Absolute, below the root, without empty, {@code .} or {@code ..} parts. */
  private static boolean normal(String path) {
    return PATH.matcher(path).matches()
        && path.length() <= MAX_LENGTH
        && !List.of(path.split("/")).contains("..")
        && !List.of(path.split("/")).contains(".");
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
