# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Small helpers to put a root tree together from programs of this machine.

# tree_busybox ROOT: the static busybox ($BUSYBOX) with a link for each of its applets.
tree_busybox() {
  mkdir -p "$1/bin"
  cp "${BUSYBOX:-$(command -v busybox)}" "$1/bin/busybox"
  for applet in $("$1/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"
  done
}

# tree_libraries ROOT FILE: the shared libraries that FILE is linked with.
tree_libraries() {
  ldd "$2" | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' | while IFS= read -r library; do
    tree_copy "$1" "$library"
  done
}

# tree_copy ROOT FILE: FILE, links followed, at the same place below ROOT.
tree_copy() {
  [ -e "$1$2" ] && return 0
  mkdir -p "$1$(dirname "$2")"
  cp -L "$2" "$1$2"
}

# tree_program ROOT FILE: a program into ROOT/bin, with its libraries.
tree_program() {
  rm -f "$1/bin/${2##*/}"
  cp -L "$2" "$1/bin/${2##*/}"
  tree_libraries "$1" "$2"
}

# tree_settle ROOT: the same modes and times on every machine.
tree_settle() {
  chmod -R u=rwX,go=rX "$1"
  find "$1" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
}
