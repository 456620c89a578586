#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Commands that do not come to their end: Ctrl-C while they wait and while they write, a full disk.
# The right exit code, and nothing half written; what is a record of work that was done goes on.
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

# A fleet: one device's evidence, again and again, each with other spaces at its end. Results that are told are on
# record, whatever ends the run, and --resume judges the rest.
devices=800
judging='--recorded --release release.json --policy policy.yaml --enrolments pki/devices --crl pki/crls/customer-root.crl --crl pki/crls/device.crl'
tr -d '\n' <evidence.json | awk -v n=$devices '{ for (i = 0; i < n; i++) printf "%s%*s\n", $0, i, "" }' >"$work/fleet.ndjson"

# judged FILE: how many lines, and how many pieces of evidence they speak of.
judged() { echo "$(wc -l <"$1") $(grep -o '"digest":"[^"]*"' "$1" | sort -u | wc -l)"; }

# resumed WHAT FILE: the run goes on to its end, and each piece was judged once.
resumed() {
  # shellcheck disable=SC2086 # words
  "$TRUSTME" verify fleet "$work/fleet.ndjson" $judging --out "$2" --resume >/dev/null 2>"$work/stderr"
  expect "$1, resumed: exit code" $? 0
  expect "$1, resumed: results" "$(judged "$2")" "$((devices + 1)) $devices"
}

mkfifo "$work/slow.ndjson"
{ head -n 100 "$work/fleet.ndjson" && exec sleep 120; } >"$work/slow.ndjson" &
slow=$!
# shellcheck disable=SC2086 # words
start verify fleet "$work/slow.ndjson" $judging --out "$work/results" --html "$work/out.html" --csv "$work/out.csv"
tries=0
while [ "$(wc -l 2>/dev/null <"$work/results")" != 101 ] && [ $tries -lt 300 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
interrupt 'verify fleet, interrupted while it waits for evidence'
kill $slow
wait $slow 2>/dev/null
expect 'verify fleet, interrupted: results' "$(judged "$work/results")" '101 100'
expect 'verify fleet, interrupted: left' "$(find "$work" -maxdepth 1 -name '*out*')" ''
resumed 'verify fleet, interrupted' "$work/results"

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

  head -c 1900000 /dev/zero >"$work/small/filled"
  # shellcheck disable=SC2086 # words
  "$TRUSTME" verify fleet "$work/fleet.ndjson" $judging --out "$work/small/results" --html "$work/small/out.html" \
    >"$work/told" 2>"$work/stderr"
  expect 'verify fleet on a full disk: exit code' $? 4
  expect 'verify fleet on a full disk: lines' "$(grep -c '^trustme: ' "$work/stderr")" 1
  expect 'verify fleet on a full disk: left' "$(find "$work/small" -name '*out*')" ''
  expect 'verify fleet on a full disk: results that were told and are not on record' \
    "$([ "$(wc -l <"$work/told")" -lt "$(wc -l <"$work/small/results")" ] || wc -l "$work/told" "$work/small/results")" ''
  rm "$work/small/filled"
  resumed 'verify fleet on a full disk' "$work/small/results"
else
  expect 'a small file system to fill' 'mount was refused' ''
fi

echo "$checks checks of commands that do not end well, $wrong not as expected"
[ "$wrong" = 0 ]
