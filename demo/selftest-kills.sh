#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Kills commands that change a PKI folder before each of their writes, fsyncs, renames and removals
# there: selftest-kills.sh [STEP]. After every kill the folder is as it was before or as it is
# after the command, its log is whole, and the same command works. STEP: only each STEPth place.
set -eu
step=${1:-1}
: "${TRUSTME:=$(cd "$(dirname "$0")/.." && pwd)/trustme}"
work=$(mktemp -d "${TMPDIR:-/tmp}/trustme-kills.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
calls=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,ftruncate
failed=0

cat >"$work/profile.yaml" <<'YAML'
schema: trustme/profile/1
subject: {country: DE, organization: Kill}
authorities:
  root: {key: ec-p256, years: 5, revocation: {crl-days: 30, delta-days: 7}}
roles:
  release: {issuer: root, key: ec-p256, years: 1, use: [release]}
  log: {issuer: root, key: ec-p256, years: 1, use: [log]}
YAML

# What a folder is, in names and numbers that do not differ between two runs of one command.
state() {
  if [ -d "$1" ]; then
    (cd "$1" && find . -type f ! -path './.*' | sort && wc -l <log.jsonl && tr -d ' \n' <pki.json | grep -o '"issued":[0-9]*')
  else
    echo none
  fi
}

pki() { "$TRUSTME" pki "$@" >/dev/null 2>"$work/words"; }

# The calls on the folder, each as NAME:N, the Nth of that name in the thread that makes them.
places() {
  awk -v folder="$work/" '
    / resumed>/ { next }
    { name = $2; sub(/\(.*/, "", name); number = ++count[$1 " " name] }
    index($0, folder) { hits[$1]++; at[$1] = at[$1] " " name ":" number }
    END { for (t in hits) if (hits[t] > most) { most = hits[t]; best = t }; print at[best] }' "$1"
}

problem() {
  failed=$((failed + 1))
  echo "  place $place: $1"
  sed 's/^/    /' "$work/words"
}

# kills NAME COMMAND...: the command works on $work/pki, which $work/before (if any) is the start of.
kills() {
  name=$1
  shift
  restore
  state "$work/pki" >"$work/state-before"
  strace -f -y -o "$work/trace" -e "trace=$calls" "$TRUSTME" pki "$@" >/dev/null 2>&1
  state "$work/pki" >"$work/state-after"
  if cmp -s "$work/state-before" "$work/state-after"; then
    echo "$name: does nothing" && return 1
  fi
  all=0 done=0 before=0
  for place in $(places "$work/trace"); do
    all=$((all + 1))
    [ $((all % step)) -eq 0 ] || continue
    restore
    strace -f -o /dev/null -e "trace=${place%:*}" \
      -e "inject=${place%:*}:signal=KILL:when=${place#*:}" \
      "$TRUSTME" pki "$@" >/dev/null 2>&1 && problem 'was not killed'
    look "$@"
    done=$((done + 1))
  done
  echo "$name: killed at $done of $all places, $before times as before, $((done - before)) as after"
}

restore() {
  rm -rf "$work/pki"
  if [ -d "$work/before" ]; then cp -a "$work/before" "$work/pki"; fi
}

look() {
  if [ -d "$work/pki" ]; then
    pki audit verify --pki "$work/pki" || problem 'the log is damaged'
    pki show "$work/pki" || problem 'the folder cannot be shown'
  fi
  state "$work/pki" >"$work/state-now"
  if cmp -s "$work/state-now" "$work/state-before"; then
    before=$((before + 1))
    pki "$@" || problem 'the next command fails'
    pki audit verify --pki "$work/pki" || problem 'the log is damaged after the next command'
  elif ! cmp -s "$work/state-now" "$work/state-after"; then
    diff "$work/state-before" "$work/state-now" >"$work/words" || :
    problem 'is neither as before nor as after'
  fi
}

kills init init --plaintext-keys --profile "$work/profile.yaml" -o "$work/pki"
cp -a "$work/pki" "$work/before"
rm -rf "$work/pki"
restore
pki show "$work/pki"
kills issue issue release --pki "$work/pki"
kills crl crl --all --pki "$work/pki"
kills rollover rollover root --pki "$work/pki"
[ "$failed" -eq 0 ]
