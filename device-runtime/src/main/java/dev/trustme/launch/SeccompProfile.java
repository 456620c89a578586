// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The system calls that no container gets: those that change the machine, look into other processes
 * or open the kernel's rarely walked ground. They fail with EPERM; calls of a foreign architecture
 * end the process. OCI Runtime Specification 1.0.2, config-linux, "Seccomp".
 */
final class SeccompProfile {
  private static final List<String> DENIED =
      List.of(
          // mounts and namespaces
          "mount",
          "umount",
          "umount2",
          "pivot_root",
          "chroot",
          "fsopen",
          "fsconfig",
          "fsmount",
          "fspick",
          "move_mount",
          "open_tree",
          "mount_setattr",
          "unshare",
          "setns",
          "quotactl",
          "quotactl_fd",
          "open_by_handle_at",
          "name_to_handle_at",
          "fanotify_init",
          // the kernel itself
          "init_module",
          "finit_module",
          "delete_module",
          "create_module",
          "kexec_load",
          "kexec_file_load",
          "reboot",
          "bpf",
          "perf_event_open",
          "userfaultfd",
          "syslog",
          "acct",
          "swapon",
          "swapoff",
          "iopl",
          "ioperm",
          "io_uring_setup",
          "io_uring_enter",
          "io_uring_register",
          "lookup_dcookie",
          "vhangup",
          "nfsservctl",
          "modify_ldt",
          "vm86",
          "vm86old",
          "uselib",
          "ustat",
          "sysfs",
          "_sysctl",
          // clocks and names
          "settimeofday",
          "stime",
          "clock_settime",
          "clock_adjtime",
          "adjtimex",
          "sethostname",
          "setdomainname",
          // keys and other processes
          "keyctl",
          "add_key",
          "request_key",
          "ptrace",
          "process_vm_readv",
          "process_vm_writev",
          "process_madvise",
          "pidfd_getfd",
          "kcmp",
          "move_pages",
          "migrate_pages",
          "mbind",
          "set_mempolicy");

  /** The CLONE_NEW… flags of clone(2): cgroup, IPC, network, mount, PID, user, UTS. */
  private static final List<Long> NAMESPACE_FLAGS =
      List.of(
          0x02000000L,
          0x08000000L,
          0x40000000L,
          0x00020000L,
          0x20000000L,
          0x10000000L,
          0x04000000L);

  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  private SeccompProfile() {}

  /** The {@code linux.seccomp} object. */
  static Map<String, Object> json() {
    List<Object> rules = new ArrayList<>();
    rules.add(rule(DENIED, EPERM, List.of()));
    for (long flag : NAMESPACE_FLAGS) {
      Map<String, Object> argument = new LinkedHashMap<>();
      argument.put("index", 0);
      argument.put("value", flag);
      argument.put("valueTwo", flag);
      argument.put("op", "SCMP_CMP_MASKED_EQ");
      rules.add(rule(List.of("clone"), EPERM, List.of(argument)));
    }
    // Its flags lie in memory, where a filter cannot look; C libraries then fall back to clone.
    rules.add(rule(List.of("clone3"), ENOSYS, List.of()));
    Map<String, Object> profile = new LinkedHashMap<>();
    profile.put("defaultAction", "SCMP_ACT_ALLOW");
    profile.put("architectures", List.of(architecture()));
    profile.put("syscalls", rules);
    return profile;
  }

  private static String architecture() {
    return System.getProperty("os.arch", "").equals("aarch64")
        ? "SCMP_ARCH_AARCH64"
        : "SCMP_ARCH_X86_64";
  }

  private static Map<String, Object> rule(List<String> names, int errno, List<Object> arguments) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("names", names);
    rule.put("action", "SCMP_ACT_ERRNO");
    rule.put("errnoRet", errno);
    if (!arguments.isEmpty()) {
      rule.put("args", arguments);
    }
    return rule;
  }
}
