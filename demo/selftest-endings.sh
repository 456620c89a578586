#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Commands that do not come to their end: Ctrl-C while they wait and while they write, a full disk.
# The right exit code, and nothing half written.
# usage: TRUSTME=… selftest-endings.sh DEMO-FOLDER      (the folder of a finished demo; its keys are used)
set -u
: "${TRUSTME:?the launcher}"
export TRUSTME_NO_REBUILD=1
cd "$1" || exit 4
work=$(mktemp -d "${TMPDIR:-/tmp}/trustme-endings.XXXXXX") || exit 4
mounted=''
cleanup() {
  [ -z "$mounted" ] || as_root umount "$mounted" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

checks=0 wrong=0
# expect WHAT SEEN WANTED
expect() {
  checks=$((checks + 1))
  [ "$2" = "$3" ] && return
  wrong=$((wrong + 1))
  echo "WRONG: $1: $2, expected ${3:-nothing}"
  sed 's/^/  | /' "$work/stderr" | head -n 5
}

# start ARGUMENTS...: trustme in the background, where Ctrl-C reaches it; sets $pid.
start() {
  env --default-signal=INT "$TRUSTME" "$@" >/dev/null 2>"$work/stderr" &
  pid=$!
}

# interrupt WHAT: sends Ctrl-C and expects exit code 130.
interrupt() {
  kill -INT "$pid"
  wait "$pid"
  expect "$1: exit code" $? 130
}

# A descriptor that never gives a passphrase.
mkfifo "$work/never"
start pki init --profile device -o "$work/out" --pass-file "$work/never"
sleep 2
interrupt 'pki init, interrupted while it waits'
expect 'pki init, interrupted: left' "$(find "$work" -maxdepth 1 -name '*out*')" ''

mkdir "$work/big"
head -c 200000000 /dev/urandom >"$work/big/random"
start sign layer "$work/big" --pki pki --pass-file pass -o "$work/out"
tries=0
while [ -z "$(find "$work" -maxdepth 1 -name '*out*')" ] && [ $tries -lt 200 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
sleep 0.3
interrupt 'sign layer, interrupted while it writes'
expect 'sign layer, interrupted: left' "$(find "$work" -maxdepth 1 -name '*out*')" ''
expect 'sign layer, interrupted: processes left' "$(pgrep -f "mksquashfs $work" || :)" ''

mkdir "$work/small"
if as_root mount -t tmpfs -o size=2m,mode=777 tmpfs "$work/small"; then
  mounted=$work/small
  for command in "layer layer" "uki --stub linuxx64.efi.stub --kernel vmlinuz --initrd initramfs.img --cmdline x --os-release os-release"; do
    # shellcheck disable=SC2086 # words
    "$TRUSTME" sign $command --pki pki --pass-file pass -o "$work/small/out" >/dev/null 2>"$work/stderr"
    expect "sign ${command%% *} on a full disk: exit code" $? 4
    expect "sign ${command%% *} on a full disk: lines" "$(grep -c '^trustme: ' "$work/stderr")" 1
    expect "sign ${command%% *} on a full disk: left" "$(find "$work/small" -mindepth 1)" ''
  done
else
  expect 'a small file system to fill' 'mount was refused' ''
fi

echo "$checks checks of commands that do not end well, $wrong not as expected"
[ "$wrong" = 0 ]
