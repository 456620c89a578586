#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Says which Debian packages of the lists are missing, and installs them.
# usage: packages.sh [--check] [LIST...]      (--check: only say; exit 1 if any is missing; default: packages.txt)
set -eu
here=$(cd "$(dirname "$0")" && pwd)

check=''
if [ "${1-}" = --check ]; then check=yes && shift; fi
[ $# -gt 0 ] || set -- "$here/../packages.txt"
missing=''
listed=$(cat "$@")
while read -r package comment; do
  case $package in '' | '#'*) continue ;; esac
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || :)
  [ "$status" = 'install ok installed' ] && continue
  missing="$missing $package"
  printf '  missing: %-22s %s\n' "$package" "$comment"
done <<LISTED
$listed
LISTED
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$missing"
[ -z "$check" ] || { echo "install them with: $command"; exit 1; }
if [ "$(id -u)" = 0 ]; then
  as_root=''
elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
  as_root=sudo
else
  echo "trustme: packages are missing, and only root can install them: $command" >&2
  exit 4
fi
echo "\$ ${as_root:+sudo }$command"
# shellcheck disable=SC2086 # words
if ! DEBIAN_FRONTEND=noninteractive $as_root $command >/dev/null 2>&1; then
  # Perhaps the package lists are old, or there are none yet.
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root $command >/dev/null
fi
