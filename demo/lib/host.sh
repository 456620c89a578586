# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# This machine as the device of the last step: root's part, a byte changed on disk, and what is left behind.

# as_root COMMAND...: what mounts and starts containers, only root may do.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo env "PATH=$PATH" "JAVA_HOME=${TRUSTME_JAVA_HOME:-${JAVA_HOME-}}" "$@"; fi
}

# flip_byte FILE OFFSET: one byte becomes another.
flip_byte() {
  byte=$(as_root od -An -j "$2" -N 1 -tu1 "$1")
  # shellcheck disable=SC2059 # the format is the byte
  printf "\\$(printf '%03o' $((byte ^ 1)))" | as_root dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# traces: what a start that failed half way could leave behind on this machine.
traces() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/exe" 2>/dev/null) in *crun | *runc | *conmon) echo "process ${process#/proc/}" ;; esac
    [ "$(readlink "$process/ns/mnt" 2>/dev/null)" = "$(readlink /proc/self/ns/mnt)" ] \
      || [ -z "$(readlink "$process/exe" 2>/dev/null)" ] || echo "process ${process#/proc/} in a namespace of its own"
  done
  sed 's/^/mount /' /proc/mounts
  for loop in /sys/block/loop*/loop/backing_file; do
    [ ! -e "$loop" ] || echo "loop $loop $(cat "$loop")"
  done
  find /sys/fs/cgroup -type d 2>/dev/null | LC_ALL=C sort | sed 's/^/cgroup /'
}

# find_bytes FILE PART: the offset in FILE of the bytes of the file PART.
find_bytes() {
  part=$(od -An -v -tx1 "$2" | tr -d ' \n')
  od -An -v -tx1 "$1" | tr -d ' \n' | awk -v part="$part" '{
    from = 1
    while ((at = index(substr($0, from), part)) > 0) {
      at += from - 1
      if (at % 2 == 1) { print (at - 1) / 2; exit }
      from = at + 1
    }
    exit 1
  }'
}
