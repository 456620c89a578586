#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Bad input to every command of the demo: one clear line, the right exit code, nothing half written.
# usage: selftest-commands.sh DEMO-RUN      (the folder of a finished demo; it is only read)
set -u
: "${TRUSTME:?the launcher}"
run=$(cd "$1" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/trustme-bad.XXXXXX") || exit 4
mounted=''
cleanup() {
  [ -z "$mounted" ] || as_root umount "$mounted" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
export TRUSTME_NO_REBUILD=1

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() {
  failed=$((failed + 1))
  printf 'FAILED %s\n' "$*"
}

# refuse CODE PATTERN ARGUMENTS...: trustme must end with CODE, say PATTERN in one line, leave nothing.
# Every output of these commands goes to $work/out.
refuse() {
  code=$1 pattern=$2
  shift 2
  "$TRUSTME" "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
  seen=$?
  lines=$(grep -c . "$work/stderr")
  if [ "$seen" != "$code" ]; then
    bad "trustme $*: exit $seen, expected $code: $(head -n 2 "$work/stderr")"
  elif [ "$code" != 1 ] && ! head -n 1 "$work/stderr" | grep -q '^trustme: '; then
    bad "trustme $*: does not begin with 'trustme: ': $(head -n 1 "$work/stderr")"
  elif [ "$code" != 1 ] && [ "$code" != 2 ] && [ "$lines" != 1 ]; then
    bad "trustme $*: $lines lines: $(head -n 3 "$work/stderr")"
  elif ! cat "$work/stderr" "$work/stdout" | grep -qi -e "$pattern"; then
    bad "trustme $*: does not say '$pattern': $(cat "$work/stderr" "$work/stdout" | head -n 3)"
  elif [ -e "$work/out" ] || [ -n "$(find "$work" -name '.out*')" ]; then
    bad "trustme $*: left an output"
  else
    ok
  fi
  rm -rf "$work/out" "$work"/.out*
}

# Inputs that are wrong in every way a file can be.
: >"$work/empty"
printf 'PK\003\004 not what you think, but long enough to be something' >"$work/zip"
mkdir "$work/folder"
cut_off() { head -c "$(($(wc -c <"$1") * 2 / 3))" "$1" >"$2"; }

# wrong KIND-PATTERN OPTION-BUILDER...: calls refuse with a missing, an empty, a foreign and a truncated
# file and a folder in place of the word @@ in the arguments; $sample is the good file.
wrong() {
  sample=$1
  shift
  cut_off "$sample" "$work/truncated"
  for input in missing:4 empty:3 zip:3 truncated:3 folder:4; do
    kind=${input%:*}
    refuse_with "$work/$kind" "${input#*:}" "$@"
  done
}

# Replaces @@ by the first argument.
refuse_with() {
  replacement=$1 wanted=$2
  shift 2
  count=$#
  while [ "$count" -gt 0 ]; do
    word=$1
    shift
    [ "$word" != @@ ] || word=$replacement
    set -- "$@" "$word"
    count=$((count - 1))
  done
  refuse "$wanted" "$(basename "$replacement")" "$@"
}

cd "$run" || exit 2
pki="--pki pki --pass-file pass"

echo "pki"
refuse 2 'force' pki init --profile device -o pki --pass-file pass
refuse 4 'missing' pki init --profile "$work/missing" -o "$work/out" --pass-file pass
refuse 3 'zip' pki init --profile "$work/zip" -o "$work/out" --pass-file pass
printf 'schema: trustme/profile/1\nsubject: {country: DE, organization: X}\nrolls: {}\n' >"$work/unknown.yaml"
refuse 3 'line 3.*rolls' pki init --profile "$work/unknown.yaml" -o "$work/out" --pass-file pass
refuse 4 'missing' pki init --profile device -o "$work/out" --pass-file "$work/missing"
refuse 2 'passphrase' pki init --profile device -o "$work/out" --pass-file "$work/empty"
refuse 2 'pass-file' pki init --profile device -o "$work/out"
refuse 4 'missing' pki show "$work/missing"
wrong OVMF_VARS.fd pki vars --pki pki --template @@ -o "$work/out"
refuse 2 'force' pki vars --pki pki --template OVMF_VARS.fd -o OVMF_VARS.fd
wrong request.json pki enrol challenge --request @@ --ek-roots tpm-maker/ek-roots.pem --pending "$work/out" -o "$work/out2"
refuse 1 'ek-certificate\|anchor' pki enrol challenge --request request.json --ek-roots pki/certs/software-root.pem \
  --pending "$work/out" -o "$work/out2"

echo "sign"
# shellcheck disable=SC2086 # words
{
  uki="$pki --cmdline @cmdline --os-release os-release -o $work/out"
  wrong linuxx64.efi.stub sign uki --stub @@ --kernel vmlinuz --initrd initramfs.img $uki
  wrong vmlinuz sign uki --stub linuxx64.efi.stub --kernel @@ --initrd initramfs.img $uki
  refuse 3 'signed' sign uki --stub boot.efi --kernel vmlinuz --initrd initramfs.img $uki
  refuse 4 'missing' sign uki --stub linuxx64.efi.stub --kernel vmlinuz --initrd "$work/missing" $uki
  printf 'not the passphrase\n' >"$work/wrong-pass"
  refuse 1 'wrong passphrase' sign uki --pki pki --pass-file "$work/wrong-pass" --stub linuxx64.efi.stub \
    --kernel vmlinuz --initrd initramfs.img --cmdline @cmdline --os-release os-release -o "$work/out"
  refuse 2 'force' sign uki --stub linuxx64.efi.stub --kernel vmlinuz --initrd initramfs.img $pki \
    --cmdline @cmdline --os-release os-release -o boot.efi
  wrong "$(find modules -name '*.ko' | sort | head -n 1)" sign modules @@ $pki --role boot -o "$work/out"
  refuse 1 'role' sign modules modules $pki --role container -o "$work/out"
  refuse 2 'force' sign modules modules $pki --role boot -o modules-signed
  refuse 4 'missing' sign layer "$work/missing" $pki -o "$work/out"
  refuse 2 'force' sign layer layer $pki -o layer.img
  refuse 4 'missing' sign container "$work/missing" $pki --config container.yaml -o "$work/out"
  wrong container.yaml sign container web-oci $pki --config @@ -o "$work/out"
  cp -r web-oci "$work/changed-oci"
  layer_blob=$(find "$work/changed-oci/blobs/sha256" -type f -size +100k | head -n 1)
  printf 'x' | dd of="$layer_blob" bs=1 seek=5000 conv=notrunc 2>/dev/null
  refuse 3 'digest\|sha256' sign container "$work/changed-oci" $pki --config container.yaml -o "$work/out"
  wrong release.yaml sign release $pki --config @@ -o "$work/out"
  refuse 2 'force' sign release $pki --config release.yaml -o release.json
}

echo "verify"
verify="--state $work/state"
# shellcheck disable=SC2086 # words
{
  wrong evidence.json verify evidence @@ --release release.json --policy policy.yaml $verify
  wrong release.json verify evidence evidence.json --release @@ --policy policy.yaml $verify
  wrong policy.yaml verify evidence evidence.json --release release.json --policy @@ $verify
  refuse 1 'nonce' verify evidence evidence.json --release release.json --policy policy.yaml $verify
  wrong boot.efi verify artifact @@ --as uefi --vars OVMF_VARS.fd
  wrong OVMF_VARS.fd verify artifact boot.efi --as uefi --vars @@
  refuse 2 'uuid\|device' verify challenge --device not-a-uuid $verify -o "$work/out"
}

echo "measure"
wrong eventlog.bin measure log @@
wrong eventlog.bin measure replay @@
wrong boot.efi measure uki @@
refuse 4 'tcti\|swtpm\|TPM' measure pcr read --tcti "swtpm:path=$work/missing"

echo "device"
as_device() { as_root env "TRUSTME=$TRUSTME" "$TRUSTME" "$@"; }
as_device device init --store "$work/store" --roots pki/certs/software-root.pem >/dev/null || bad "device init"
refuse 4 'missing' device init --store "$work/out" --roots "$work/missing"
refuse 3 'zip' device init --store "$work/out" --roots "$work/zip"
refuse 4 'missing' device install "$work/missing" --store "$work/store"
refuse 4 'missing' device install web.sealed --store "$work/missing"
cp -r web.sealed "$work/changed.sealed"
image=$(find "$work/changed.sealed" -type f -size +100k | head -n 1)
printf 'x' | dd of="$image" bs=1 seek=50000 conv=notrunc 2>/dev/null
refuse 1 'sha256\|digest\|root-hash' device install "$work/changed.sealed" --store "$work/store"
refuse 1 'nobody' device start nobody --store "$work/store" --tcti "swtpm:path=$work/missing"

echo "vectors"
refuse 4 'nobody' vectors run --family nobody
refuse 2 'missing' vectors run --dir "$work/missing"

echo "usage"
refuse 2 'unknown tool' frobnicate
for tool in pki sign verify measure device vectors; do
  refuse 2 'frobnicate' $tool frobnicate
  "$TRUSTME" $tool --help >"$work/help" 2>&1 && grep -q 'Usage: trustme' "$work/help" && ok || bad "$tool --help"
done

echo "Ctrl-C"
mkfifo "$work/never"
env --default-signal=INT "$TRUSTME" pki init --profile device -o "$work/out" --pass-file "$work/never" 2>"$work/stderr" &
pid=$!
sleep 2
kill -INT $pid
wait $pid
seen=$?
[ $seen = 130 ] && ok || bad "pki init, interrupted while it waits: exit $seen"
mkdir "$work/big"
head -c 120000000 /dev/urandom >"$work/big/random"
# shellcheck disable=SC2086 # words
env --default-signal=INT "$TRUSTME" sign layer "$work/big" $pki -o "$work/out" >/dev/null 2>"$work/stderr" &
pid=$!
tries=0
while [ -z "$(find "$work" -maxdepth 1 -name '.out*')" ] && [ $tries -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
kill -INT $pid
wait $pid
seen=$?
[ $seen = 130 ] && ok || bad "sign layer, interrupted while it writes: exit $seen"
left=$(find "$work" -maxdepth 1 -name '*out*')
[ -z "$left" ] && ok || bad "sign layer, interrupted: left $left"

echo "full disk"
mkdir "$work/small"
if as_root mount -t tmpfs -o size=2m,mode=777 tmpfs "$work/small" 2>/dev/null; then
  mounted=$work/small
  # shellcheck disable=SC2086 # words
  "$TRUSTME" sign layer layer $pki -o "$work/small/layer.img" >/dev/null 2>"$work/stderr"
  seen=$?
  [ $seen = 4 ] && ok || bad "sign layer on a full disk: exit $seen: $(head -n 1 "$work/stderr")"
  left=$(find "$work/small" -mindepth 1)
  [ -z "$left" ] && ok || bad "sign layer on a full disk: left $left"
else
  bad "no small file system to fill: mount -t tmpfs was refused"
fi

printf 'bad input: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
