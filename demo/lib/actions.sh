# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# The actions that the scripts show with run and refused: a trustme command, a boot, a question to the guest.
# They work in the run folder: OVMF_VARS.fd, layer.img, initramfs.img.

TRUSTME=$(realpath "${TRUSTME:-$here/../trustme}")
[ -x "$TRUSTME" ] || { echo "trustme: no launcher at $TRUSTME" >&2; exit 4; }

trustme() { "$TRUSTME" "$@"; }
device() { as_root "$TRUSTME" device "$@"; }

# guest WORDS...: one request to the guest, over its only network connection.
guest() { machine_ask "$@"; }

# boot NAME EFI ready|refused [TPM-STATE]: starts the machine with firmware, waits, says how it ended.
boot() {
  machine_boot "$1" "$2" "${variables:-OVMF_VARS.fd}" layer.img "${4:-tpm}" || return 2
  boot_outcome "$3"
}

# boot_direct NAME CMDLINE-FILE ready|refused: the same kernel and initramfs, without firmware.
boot_direct() {
  machine_direct "$1" vmlinuz initramfs.img "$(cat "$2")" layer.img || return 2
  boot_outcome "$3"
}

boot_outcome() {
  machine_wait 300
  outcome=$?
  # shellcheck disable=SC2154 # machine.sh sets it
  echo "$machine_line"
  case $1.$outcome in ready.0 | refused.1) return 0 ;; esac
  return 2
}
