// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a container asks of its isolation beyond the defaults: devices of the host, fewer or more
 * namespaces of its own (all but time where nothing is said), an SELinux label, a share of the
 * processors in thousandths of one. A device that cannot give or keep one of these refuses the
 * container.
 */
public record Isolation(
    Optional<List<Device>> devices,
    Optional<List<UsbDevice>> usb,
    Optional<List<Namespace>> namespaces,
    Optional<String> selinux,
    Optional<Integer> cpu) {
  /** The namespaces that a container has where nothing is said. */
  public static final Set<Namespace> DEFAULT_NAMESPACES =
      Set.of(
          Namespace.PID,
          Namespace.NETWORK,
          Namespace.IPC,
          Namespace.UTS,
          Namespace.MOUNT,
          Namespace.USER,
          Namespace.CGROUP);

  private static final Set<Namespace> NEEDED =
      Set.of(Namespace.PID, Namespace.MOUNT, Namespace.USER);
  private static final Pattern LABEL =
      Pattern.compile("[a-zA-Z0-9_]+:[a-zA-Z0-9_]+:[a-zA-Z0-9_]+(:[a-zA-Z0-9_.,:-]+)?");
  private static final int MAX = 256;
  private static final int MAX_LABEL = 255;
  private static final int MAX_CPU = 1_024_000;

  public Isolation {
    devices = devices.map(all -> distinct("devices", all));
    usb = usb.map(all -> distinct("usb", all));
    namespaces = namespaces.map(all -> distinct("namespaces", all));
    require(
        namespaces.isEmpty() || namespaces.get().containsAll(NEEDED),
        "namespaces: pid, mount and user are never shared with the host");
    require(
        selinux.isEmpty()
            || (selinux.get().length() <= MAX_LABEL && LABEL.matcher(selinux.get()).matches()),
        "selinux: expected user:role:type or user:role:type:range");
    require(
        cpu.isEmpty() || (cpu.get() >= 1 && cpu.get() <= MAX_CPU),
        "cpu: expected 1 to 1024000 thousandths of a processor");
    require(
        devices.isPresent()
            || usb.isPresent()
            || namespaces.isPresent()
            || selinux.isPresent()
            || cpu.isPresent(),
        "isolation: asks for nothing");
  }

  /** A device node of the host, with read, write or both. */
  public record Device(String path, Access access) {
    private static final Pattern NODE =
        Pattern.compile("/dev(/[A-Za-z0-9_][A-Za-z0-9_.:+-]*){1,4}");
    private static final Set<String> FORBIDDEN = Set.of("/dev/mem", "/dev/kmem", "/dev/port");

    public Device {
      require(NODE.matcher(path).matches(), "path: expected a path below /dev, found " + path);
      require(!FORBIDDEN.contains(path), "path: " + path + " is never given to a container");
    }
  }

  /** What may be done with a device node. */
  public enum Access {
    @JsonProperty("r")
    READ,
    @JsonProperty("w")
    WRITE,
    @JsonProperty("rw")
    READ_WRITE
  }

  /** A USB device by vendor and product id, four lower-case hex digits each, and serial number. */
  public record UsbDevice(String vendor, String product, Optional<String> serial) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{4}");
    private static final Pattern SERIAL = Pattern.compile("[!-~]{1,126}");

    public UsbDevice {
      require(ID.matcher(vendor).matches(), "vendor: expected 4 hex digits, found " + vendor);
      require(ID.matcher(product).matches(), "product: expected 4 hex digits, found " + product);
      require(
          serial.isEmpty() || SERIAL.matcher(serial.get()).matches(),
          "serial: expected 1 to 126 printable characters");
    }
  }

  /** Namespaces of a container's own. */
  public enum Namespace {
    @JsonProperty("pid")
    PID,
    @JsonProperty("network")
    NETWORK,
    @JsonProperty("ipc")
    IPC,
    @JsonProperty("uts")
    UTS,
    @JsonProperty("mount")
    MOUNT,
    @JsonProperty("user")
    USER,
    @JsonProperty("cgroup")
    CGROUP,
    @JsonProperty("time")
    TIME
  }

  private static <T> List<T> distinct(String what, List<T> values) {
    require(!values.isEmpty() && values.size() <= MAX, what + ": expected 1 to " + MAX);
    require(new HashSet<>(values).size() == values.size(), what + ": one appears twice");
    return List.copyOf(values);
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw new IllegalArgumentException(problem);
    }
  }
}
