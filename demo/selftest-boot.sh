#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Boots with one byte changed: prediction and TPM must move alike, and a wrong disk or module is refused.
# usage: TRUSTME=… selftest-boot.sh DEMO-FOLDER      (the folder of a finished demo: its keys, kernel and layer)
# Three boots with firmware, one without: about a minute.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/run.sh"
. "$here/lib/evidence.sh"
. "$here/lib/host.sh"

[ $# = 1 ] || { echo "usage: selftest-boot.sh DEMO-FOLDER" >&2; exit 2; }
run_in "$1" selftest pki vmlinuz linuxx64.efi.stub initramfs.img cmdline layer.img.json OVMF_VARS.fd tpm-maker release.yaml
inputs_fetch || exit 4

# release NAME INITRD CMDLINE VARIABLES: a signed boot image and what it will measure, in $work/NAME.*
release() {
  if [ -n "$2" ]; then
    run trustme sign uki --pki pki --pass-file pass --stub linuxx64.efi.stub --kernel vmlinuz --initrd "$2" \
      --cmdline "@$3" --os-release os-release -o "$work/$1.efi"
  fi
  sed "s|uki: [^,}]*|uki: ${5:-$work/$1.efi}|; s|vars: [^,}]*|vars: $4|" release.yaml >"$1.release.yaml"
  run trustme sign release --pki pki --pass-file pass --config "$1.release.yaml" -o "$work/$1.json"
  rm "$1.release.yaml"
  for pcr in 4 7 9 11; do echo "$pcr $(release_pcr "$work/$1.json" $pcr)"; done >"$work/$1.predicted"
}

# measured NAME VARIABLES EFI MOVED: boots, and compares the TPM with the prediction; just the PCRs MOVED differ
# from those of the image without the change.
measured() {
  rm -rf "$work/tpm"
  cp -r tpm "$work/tpm"
  variables=$2
  run -t READY boot "$work/boot-$1" "$3" ready "$work/tpm"
  guest pcrs | grep -E '^(4|7|9|11) ' >"$work/$1.measured" || failed "the guest tells no PCRs"
  cmp -s "$work/$1.predicted" "$work/$1.measured" \
    || failed "predicted and measured differ: $(diff "$work/$1.predicted" "$work/$1.measured" | grep '^[<>]' | tr '\n' ' ')"
  moved=$(diff "$work/base.predicted" "$work/$1.predicted" | sed -n 's/^> \([0-9]*\) .*/\1/p' | tr '\n' ' ')
  expect "PCRs moved by the changed $1" "${moved% }" "$4"
  note "PCR $4 moved, in the prediction and in the TPM alike"
}

# initrd NAME CONTENT: the initramfs, then a second archive with a file of one byte (an archive starts at a
# multiple of four).
initrd() {
  mkdir -p "$work/extra"
  printf '%s' "$2" >"$work/extra/one-byte"
  touch -d @0 "$work/extra" "$work/extra/one-byte"
  cp initramfs.img "$work/$1.img"
  truncate -s %4 "$work/$1.img"
  (cd "$work/extra" && echo one-byte | cpio -o -H newc -R 0:0 --reproducible --quiet) >>"$work/$1.img"
}

step 1 "The image to compare with"
initrd base a
release base "$work/base.img" cmdline OVMF_VARS.fd

step 2 "One byte of the command line"
sed 's/loglevel=4/loglevel=5/' cmdline >"$work/cmdline"
release cmdline "$work/base.img" "$work/cmdline" OVMF_VARS.fd
measured cmdline OVMF_VARS.fd "$work/cmdline.efi" '4 9 11'
run -t '^unsigned' guest modules
grep -q '^unsigned.ko: refused' "$say_log" || failed "the unsigned module was not refused"
grep -q '^signed.ko: loaded' "$say_log" || failed "our own module was refused"
machine_stop

step 3 "One byte of the initramfs"
initrd initrd b
release initrd "$work/initrd.img" cmdline OVMF_VARS.fd
measured initrd OVMF_VARS.fd "$work/initrd.efi" '4 9 11'
machine_stop

step 4 "One byte of the db list"
# The first byte of the owner's GUID, right after the list's header of 28 bytes.
cp OVMF_VARS.fd "$work/vars.fd"
offset=$(($(find_bytes "$work/vars.fd" pki/secure-boot/db.esl) + 28)) || failed "db is not in the variable store"
flip_byte "$work/vars.fd" "$offset"
release db '' '' "$work/vars.fd" "$work/base.efi"
measured db "$work/vars.fd" "$work/base.efi" 7
machine_stop

step 5 "A disk with another root hash than the command line's"
sed "s/roothash=..../roothash=0000/" cmdline >"$work/cmdline-wrong"
run -t REFUSED boot_direct "$work/boot-wrong" "$work/cmdline-wrong" refused
machine_stop

printf '\n%sEverything as expected%s, %d s\n' "$say_green" "$say_off" $(($(date +%s) - started))
