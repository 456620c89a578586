#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Every way to boot, predicted before it happens and held against firmware, loaders, TPM and log afterwards; then
# predictions of a boot with one byte changed, which must name the event that differs. Last, firmware judges what
# 'pki secure-boot' signs, beside updates that are wrong in one thing.
# usage: TRUSTME=… selftest-paths.sh DEMO-FOLDER      (the folder of a finished demo: its keys, kernel and stub)
# Eight boots with firmware, four minutes and more. PASS or FAIL for each path and PCR.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/run.sh"
. "$here/lib/enrol.sh"
. "$here/guest/tree.sh"
. "$here/guest/modules.sh"

[ $# = 1 ] || { echo "usage: selftest-paths.sh DEMO-FOLDER" >&2; exit 2; }
run_in "$1" paths pki pass vmlinuz linuxx64.efi.stub os-release foreign.key foreign.pem
inputs_fetch && inputs_loaders || exit 4
banks='--bank sha1 --bank sha256 --bank sha512'

# An initramfs that tells what was measured, and a second one of odd size.
initramfs() {
  root=$work/root
  mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev"
  cp "$BUSYBOX" "$root/bin/busybox" && cp "$here/guest/tell" "$root/init" && chmod 755 "$root/init" && tree_settle "$root"
  (cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n >"$work/tell.img"
  mkdir "$work/more" && printf 'more\n' >"$work/more/file"
  (cd "$work/more" && echo file | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n >"$work/more.img"
  # Loaders join them in their own ways: a size that is no multiple of four shows which. Zeros after gzip are skipped.
  while [ $(($(wc -c <"$work/tell.img") % 4)) != 2 ]; do printf '\0' >>"$work/tell.img"; done
}

# by_foreign IN OUT: the program, its signature taken off, signed by somebody else's key.
by_foreign() {
  cp "$1" "$work/bare.efi"
  sbattach --remove "$work/bare.efi" >>"$work/logs/sbsign.log" 2>&1
  sbsign --key foreign.key --cert foreign.pem --output "$2" "$work/bare.efi" >>"$work/logs/sbsign.log" 2>&1 \
    || failed "sbsign: $(tail -n 1 "$work/logs/sbsign.log")"
}

by_db() { run trustme sign efi "$1" --pki pki --pass-file pass -o "$2"; }

# store NAME DB [DBX [MOKLIST]]: a variable store with Secure Boot on.
store() {
  vars_new "${TRUSTME_OVMF_VARS:-/usr/share/OVMF/OVMF_VARS_4M.fd}" "$work/$1"
  printf '\001' >"$work/on"
  vars_add "$work/$1" PK global 39 pki/secure-boot/PK.esl
  vars_add "$work/$1" KEK global 39 pki/secure-boot/KEK.esl
  vars_add "$work/$1" db security 39 "$2"
  [ -z "${3-}" ] || vars_add "$work/$1" dbx security 39 "$3"
  vars_add "$work/$1" SecureBootEnable switch 3 "$work/on"
  [ -z "${4-}" ] || vars_add "$work/$1" MokList shim 3 "$4"
}

# disk NAME FILE=PATH...: a folder that becomes the boot disk NAME.
disk() {
  disk=$work/disk-$1
  shift
  for pair; do
    mkdir -p "$disk/$(dirname "${pair#*=}")"
    cp "${pair%%=*}" "$disk/${pair#*=}"
  done
}

# describe NAME VARS STEPS...: a boot description with the path NAME; "refused=OPTION" first if one was refused.
describe() {
  name=$1 vars=$2 refused_option=''
  shift 2
  case $1 in refused=*) refused_option=${1#*=} && shift ;; esac
  {
    printf 'schema: trustme/boot/1\nfirmware: {variables: %s}\n' "$vars"
    printf "phases: [kernel, enter-initrd, 'enter-initrd:leave-initrd', 'enter-initrd:leave-initrd:sysinit',\n"
    printf "  'enter-initrd:leave-initrd:sysinit:ready']\npaths:\n  - name: %s\n" "$name"
    printf '    refused-options: [%s]\n    boot:\n' "$refused_option"
    for boot_step; do printf '      - {%s}\n' "$boot_step"; done
  } >"$work/$name.yaml"
}

# predicted NAME: "phase pcr bank value" lines, from the table that people read.
predicted() {
  # shellcheck disable=SC2086 # words
  trustme measure predict "$work/$1.yaml" $banks >"$work/$1.predicted" 2>"$work/logs/$1.log" \
    || failed "no prediction: $(tail -n 2 "$work/logs/$1.log")"
  awk '/^[a-z0-9.-]*, phase / { phase = $3 }
    $1 == "PCR" && (phase == "kernel" || $2 == 11) { split($3, v, ":"); print phase, $2, v[1], v[2] }' \
    "$work/$1.predicted" | LC_ALL=C sort >"$work/$1.expected"
  [ -s "$work/$1.expected" ] || failed "$1: nothing predicted"
}

# boot_path NAME [FIRST-DISK]: boots the disk NAME, after a first one that Secure Boot refuses.
boot_path() {
  name=$1
  vars=$(sed -n 's/^firmware: {variables: \(.*\)}/\1/p' "$work/$name.yaml")
  rm -rf "$work/tpm"
  cp -r "$work/tpm-new" "$work/tpm"
  say_step=$name
  from=$(date +%s)
  if [ -n "${2-}" ]; then
    machine_esp "$work/second.img" "$work/disk-$name"
    set -- "$name" "$2" -drive "if=none,id=second,format=raw,readonly=on,file=$work/second.img" \
      -device virtio-blk-pci,drive=second,serial=second,bootindex=1
    machine_boot "$work/boot-$name" "$work/disk-$2" "$work/$vars" "$work/none.img" "$work/tpm" "$3" "$4" "$5" "$6"
  else
    machine_boot "$work/boot-$name" "$work/disk-$name" "$work/$vars" "$work/none.img" "$work/tpm"
  fi || failed "the machine does not start"
  told "$work/boot-$name/serial.log" || failed "$machine_line"
  tr -d '\r' <"$work/boot-$name/serial.log" >"$work/$name.told"
  sed -n '/^LOG-BEGIN/,/^LOG-END/{/^LOG-/d;p}' "$work/$name.told" | base64 -d >"$work/$name.log" || failed "no event log"
  sed -n 's/^PCR //p' "$work/$name.told" | tr 'A-F' 'a-f' | awk '{ print $1, $3, $2, $4 }' \
    | LC_ALL=C sort >"$work/$name.measured"
  judge "$name" $(($(date +%s) - from))
}

# told LOG: until the guest told everything; a refused first boot option is not the end.
told() {
  deadline=$(($(date +%s) + 240))
  while kill -0 "$machine_qemu" 2>/dev/null && ! grep -aq '^TRUSTME-' "$1"; do
    [ "$(date +%s)" -lt "$deadline" ] || break
    sleep 0.2
  done
  machine_line=$(tr -d '\r' <"$1" | grep -a -m 1 -e '^TRUSTME-' || tail -n 1 "$1")
  sleep 0.3
  machine_end_pid "$machine_qemu"
  machine_end_pid "$machine_tpm"
  case $machine_line in TRUSTME-READY*) return 0 ;; esac
  return 1
}

# judge NAME SECONDS: PASS or FAIL per PCR, then event by event.
judge() {
  for pcr in 4 7 9 11 12 14; do
    grep " $pcr sha" "$work/$1.expected" >"$work/expected" || continue
    count=$(wc -l <"$work/expected")
    if [ "$(LC_ALL=C comm -12 "$work/expected" "$work/$1.measured" | wc -l)" = "$count" ]; then
      pass "$1 PCR $pcr: $count values as predicted"
    else
      fail "$1 PCR $pcr: $(LC_ALL=C comm -23 "$work/expected" "$work/$1.measured" | head -n 1) is not what was measured"
    fi
  done
  for bank in sha1 sha256 sha512; do
    if trustme measure predict "$work/$1.yaml" --bank $bank --log "$work/$1.log" >"$work/logs/compare" 2>&1; then
      pass "$1 $bank: every event in its place"
    else
      fail "$1 $bank: $(cat "$work/logs/compare")"
    fi
  done
  note "$1: $2 s"
}

# twin NAME OF WHAT PATTERN...: the description NAME, with one thing changed, against the log of the path OF: no match,
# and each PATTERN ("PCR EVENT EXPECTED-PART") is the first difference of its PCR, and no other PCR differs.
twin() {
  name=$1 of=$2 what=$3
  shift 3
  trustme measure predict "$work/$name.yaml" --log "$work/$of.log" >"$work/logs/twin-$name" 2>&1
  [ $? = 1 ] || { fail "$what: accepted: $(cat "$work/logs/twin-$name")" && return; }
  seen=$(sed -n 's/^ *PCR \([0-9]*\) *event \([0-9]*\)$/\1:\2/p' "$work/logs/twin-$name" | tr '\n' ' ')
  if [ "${seen% }" = "$*" ]; then
    pass "$what: differs at PCR:event $*"
  else
    fail "$what: differs at PCR:event ${seen% }, expected $*"
  fi
}

step 1 "What is booted, and the keys that verify it"
initramfs || failed "the initramfs"
truncate -s 1M "$work/none.img"
swtpm_setup --tpm2 --tpmstate "$(mkdir -p "$work/tpm-new" && cd "$work/tpm-new" && pwd)" --overwrite \
  --pcr-banks sha1,sha256,sha512 >"$work/logs/swtpm.log" 2>&1 || failed "swtpm_setup: $(tail -n 1 "$work/logs/swtpm.log")"
options='console=ttyS0 panic=-1 quiet no_timer_check'
run trustme sign uki --pki pki --pass-file pass --stub linuxx64.efi.stub --kernel vmlinuz --initrd "$work/tell.img" \
  --cmdline "$options" --os-release os-release -o "$work/uki.efi"
by_foreign "$work/uki.efi" "$work/uki-foreign.efi"
by_db "$input_shim" "$work/shim.efi"
by_db "$input_systemd_boot" "$work/loader.efi"
revoked=$(sed -n 's/.*Authenticode sha256:\([0-9a-f]*\).*/\1/p' "$say_log")
by_foreign "$work/loader.efi" "$work/loader-foreign.efi"
cp vmlinuz "$work/vmlinuz-bare"
sbattach --remove "$work/vmlinuz-bare" >>"$work/logs/sbsign.log" 2>&1
by_db "$work/vmlinuz-bare" "$work/vmlinuz.efi"
esl_x509 "$work/foreign.esl" foreign.pem || failed "a signature list"
esl_sha256 "$work/dbx.esl" "$revoked" || failed "a signature list"
cat pki/secure-boot/db.esl "$work/foreign.esl" >"$work/db-two.esl"
store plain.fd pki/secure-boot/db.esl
store two.fd "$work/db-two.esl" "$work/dbx.esl"
store mok.fd pki/secure-boot/db.esl '' "$work/foreign.esl"
printf 'timeout 0\n' >"$work/loader.conf"
printf 'title selftest\nlinux /vmlinuz.efi\ninitrd /tell.img\ninitrd /more.img\noptions %s\n' "$options" >"$work/entry.conf"

step 2 "Predictions, before anything starts"
# Firmware measures the authority of an image before it finds the image's digest in dbx.
revoked_option='{verified-by: ../pki/certs/boot.pem}'
describe systemd-boot plain.fd 'systemd-boot: loader.efi' 'uki: uki.efi'
describe kernel plain.fd 'systemd-boot: loader.efi' \
  'kernel: vmlinuz.efi, entry: entry.conf, initrds: [tell.img, more.img]'
describe second-db-entry two.fd "refused=$revoked_option" 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
describe shim mok.fd 'shim: shim.efi' 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
describe shim-systemd-boot mok.fd 'shim: shim.efi' 'systemd-boot: loader-foreign.efi, verified-by: ../foreign.pem' \
  'uki: uki-foreign.efi, verified-by: ../foreign.pem'
paths='systemd-boot kernel second-db-entry shim shim-systemd-boot'
for name in $paths; do
  predicted "$name"
  note "$(printf '%-18s' "$name") $(sed -n '1s/^[^ ]* phase kernel *//p' "$work/$name.predicted")"
done

step 3 "The boots: PCR values in three banks and five phases, and the log event by event"
boot=EFI/BOOT/BOOTX64.EFI
disk systemd-boot "$work/loader.efi=$boot" "$work/uki.efi=EFI/Linux/uki.efi" "$work/loader.conf=loader/loader.conf"
disk kernel "$work/loader.efi=$boot" "$work/loader.conf=loader/loader.conf" "$work/vmlinuz.efi=vmlinuz.efi" \
  "$work/tell.img=tell.img" "$work/more.img=more.img" "$work/entry.conf=loader/entries/selftest.conf"
disk revoked "$work/loader.efi=$boot"
disk second-db-entry "$work/uki-foreign.efi=$boot"
disk shim "$work/shim.efi=$boot" "$work/uki-foreign.efi=EFI/BOOT/grubx64.efi"
disk shim-systemd-boot "$work/shim.efi=$boot" "$work/loader-foreign.efi=EFI/BOOT/grubx64.efi" \
  "$work/uki-foreign.efi=EFI/Linux/uki.efi" "$work/loader.conf=loader/loader.conf"
boot_path systemd-boot
boot_path kernel
boot_path second-db-entry revoked
grep -aq 'Access Denied' "$work/boot-second-db-entry/serial.log" || fail "the revoked image was not refused"
boot_path shim
boot_path shim-systemd-boot

step 4 "One byte changed: the prediction moves, and names the event that differs"
sed 's/panic=-1/panic=-2/' "$work/entry.conf" >"$work/entry-2.conf"
describe twin-entry plain.fd 'systemd-boot: loader.efi' \
  'kernel: vmlinuz.efi, entry: entry-2.conf, initrds: [tell.img, more.img]'
twin twin-entry kernel "the loader entry's options" 9:1 12:1
{ head -c 30 "$work/more.img" && printf 'x' && tail -c +32 "$work/more.img"; } >"$work/more-2.img"
describe twin-initrd plain.fd 'systemd-boot: loader.efi' \
  'kernel: vmlinuz.efi, entry: entry.conf, initrds: [tell.img, more-2.img]'
twin twin-initrd kernel "the second initrd" 9:2
# The first byte of the owner, right behind the list's header of 28 bytes.
{ head -c 28 "$work/foreign.esl" && printf '\042' && tail -c +30 "$work/foreign.esl"; } >"$work/foreign-2.esl"
store mok-2.fd pki/secure-boot/db.esl '' "$work/foreign-2.esl"
describe twin-mok mok-2.fd 'shim: shim.efi' 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-mok shim "the MokList entry's owner" 7:9 14:1
cat pki/secure-boot/db.esl "$work/foreign-2.esl" >"$work/db-two-2.esl"
store two-2.fd "$work/db-two-2.esl" "$work/dbx.esl"
describe twin-db two-2.fd "refused=$revoked_option" 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-db second-db-entry "the second db entry's owner" 7:4
esl_sha256 "$work/dbx-2.esl" "${revoked%?}$(printf '%s' "${revoked#"${revoked%?}"}" | tr 0-9a-f 1-9a-f0)"
store two-3.fd "$work/db-two.esl" "$work/dbx-2.esl"
describe twin-dbx two-3.fd "refused=$revoked_option" 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-dbx second-db-entry "the digest in dbx" 7:5
describe twin-refused two.fd 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-refused second-db-entry "no boot option refused before" 4:3 7:7
describe twin-unverified two.fd 'refused={}' 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-unverified second-db-entry "the refused image of no known authority" 7:7
describe twin-path mok.fd 'shim: shim.efi' 'uki: uki-foreign.efi, verified-by: ../foreign.pem'
twin twin-path shim-systemd-boot "a boot loader that the path does not name" 4:4 12:1

step 5 "Firmware as the judge of signed updates: enrolment in setup mode, then one update after the other"
enrol_updates
enrol_initramfs || failed "the initramfs"
run trustme sign uki --pki pki --pass-file pass --stub linuxx64.efi.stub --kernel vmlinuz --initrd "$work/tell-updates.img" \
  --cmdline "$options" --os-release os-release -o "$work/uki-updates.efi"
enrol_boots

[ "$wrong" = 0 ] || failed "$wrong of the checks"
printf '\n%sEvery path as predicted%s, %d s\n' "$say_green" "$say_off" $(($(date +%s) - started))
