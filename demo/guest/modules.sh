# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Kernel modules of an unpacked Debian kernel package: find them, order them, unpack them.
# The package has no modules.dep (it is made at install time), so dependencies come from each module's own .modinfo.

# module_file TREE NAME: path of the module NAME below TREE ("-" and "_" are the same to the kernel).
module_file() {
  find "$1/lib/modules" -name "$(printf '%s' "$2" | sed 's/[-_]/[-_]/g').ko*" | head -n 1
}

# module_unpack FILE: the plain .ko on standard output.
module_unpack() {
  case $1 in
    *.xz) xz -dc "$1" ;;
    *.zst) zstd -dcq "$1" ;;
    *.gz) gzip -dc "$1" ;;
    *) cat "$1" ;;
  esac
}

# module_needs TREE NAME: NAME and all it depends on, dependencies first, possibly repeated.
module_needs() {
  file=$(module_file "$1" "$2")
  [ -n "$file" ] || return 0 # built in
  module_unpack "$file" | tr '\0' '\n' | sed -n 's/^depends=//p' | tr ',' '\n' | sed '/^$/d' \
    | while IFS= read -r needed; do module_needs "$1" "$needed"; done
  printf '%s\n' "$2" | tr '-' '_'
}

# modules_install TREE TO NAME...: plain modules into TO, and TO/order with the order to load them in.
# The modules keep the signature that Debian gave them; under Secure Boot the kernel demands one.
modules_install() {
  modules_tree=$1 modules_to=$2
  shift 2
  mkdir -p "$modules_to"
  for name in "$@"; do module_needs "$modules_tree" "$name"; done | awk '!seen[$0]++' >"$modules_to/order"
  while IFS= read -r name; do
    module_unpack "$(module_file "$modules_tree" "$name")" >"$modules_to/$name.ko"
  done <"$modules_to/order"
}

# module_strip FILE: cuts an appended signature off the plain module FILE.
# The end of a signed module: signature, struct module_signature (12 bytes, its last 4 the big-endian
# length of the signature), and a 28-byte text.
module_strip() {
  [ "$(tail -c 28 "$1")" = '~Module signature appended~' ] || return 0
  # shellcheck disable=SC2046 # four numbers, four words
  set -- "$1" $(tail -c 32 "$1" | head -c 4 | od -An -tu1)
  length=$(((($2 * 256 + $3) * 256 + $4) * 256 + $5))
  truncate -s "-$((length + 40))" "$1"
}
