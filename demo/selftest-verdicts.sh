#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# What 'verify artifact --as uefi' and '--as shim' say of a program, held against firmware and shim themselves: boot
# loaders that differ in one thing each, all offered to one machine, which starts or refuses one after the other.
# usage: TRUSTME=… selftest-verdicts.sh DEMO-FOLDER      (the folder of a finished demo: its keys)
# Four boots of the firmware alone, a minute and more. PASS or FAIL for each program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/run.sh"

[ $# = 1 ] || { echo "usage: selftest-verdicts.sh DEMO-FOLDER" >&2; exit 2; }
run_in "$1" verdicts pki pass
inputs_fetch && inputs_loaders || exit 4

# key NAME OPENSSL-OPTIONS...: somebody else's key with its own certificate.
key() {
  name=$1
  shift
  openssl req -x509 -newkey rsa:2048 -noenc -keyout "$work/$name.key" -out "$work/$name.pem" -days 90 -subj "/CN=$name" "$@" \
    2>>"$work/logs/openssl.log" || failed "a key: $(tail -n 1 "$work/logs/openssl.log")"
}

# by NAME IN OUT: signed by somebody else's key, by another program.
by() {
  sbsign --key "$work/$1.key" --cert "$work/$1.pem" --output "$3" "$2" >>"$work/logs/sbsign.log" 2>&1 \
    || failed "sbsign: $(tail -n 1 "$work/logs/sbsign.log")"
}

# sha256_of_tbs CERT: the digest of a certificate's signed part.
sha256_of_tbs() {
  openssl x509 -in "$1" -outform DER -out "$work/der"
  openssl asn1parse -inform DER -in "$work/der" -strparse 4 -noout -out "$work/tbs" >/dev/null
  sha256sum "$work/tbs" | cut -d ' ' -f 1
}

# tiny OUT: an EFI program of eleven bytes of code: it returns EFI_NOT_FOUND, and firmware goes on to the next boot option.
tiny() {
  {
    printf 'MZ' && head -c 58 /dev/zero && vars_hex "$(vars_u32 128)" && head -c 64 /dev/zero
    # IMAGE_NT_HEADERS64: machine, one section, an optional header of 240 bytes.
    vars_hex "50450000648601000000000000000000000000""00f0000602"
    vars_hex "0b02$(vars_u32 0)$(vars_u32 512)00000000""0000$(vars_u32 4096)$(vars_u32 4096)0000000000000000"
    vars_hex "$(vars_u32 4096)$(vars_u32 512)00000000000000000000000000000000$(vars_u32 8192)$(vars_u32 512)$(vars_u32 0)0a000000"
    head -c 36 /dev/zero && vars_hex "$(vars_u32 16)" && head -c 128 /dev/zero
    # .text: mov rax, EFI_NOT_FOUND; ret
    vars_hex "2e74657874000000$(vars_u32 11)$(vars_u32 4096)$(vars_u32 512)$(vars_u32 512)00000000000000000000000020000060"
    head -c 80 /dev/zero && vars_hex "48b80e00000000000080c3" && head -c 501 /dev/zero
  } >"$1"
}

# store NAME DB DBX MOKLIST: a variable store with Secure Boot on.
store() {
  vars_new "${TRUSTME_OVMF_VARS:-/usr/share/OVMF/OVMF_VARS_4M.fd}" "$work/$1"
  printf '\001' >"$work/on"
  vars_add "$work/$1" PK global 39 pki/secure-boot/PK.esl
  vars_add "$work/$1" KEK global 39 pki/secure-boot/KEK.esl
  vars_add "$work/$1" db security 39 "$2"
  [ -z "$3" ] || vars_add "$work/$1" dbx security 39 "$3"
  vars_add "$work/$1" SecureBootEnable switch 3 "$work/on"
  [ -z "$4" ] || vars_add "$work/$1" MokList shim 3 "$4"
}

step 1 "Programs that differ in one thing, and lists that name some of them"
for name in foreign revoked-leaf revoked-later; do key $name -addext basicConstraints=critical,CA:TRUE; done
key second -addext basicConstraints=critical,CA:TRUE
program=$work/unsigned.efi
tiny "$program"
by foreign "$program" "$work/foreign-key.efi"
by revoked-leaf "$program" "$work/certificate-in-dbx.efi"
by revoked-later "$program" "$work/certificate-hash-in-dbx.efi"
by second "$program" "$work/second.efi"
cp "$program" "$work/ours.efi"
cp "$work/second.efi" "$work/two-signatures.efi"
cp "$work/foreign-key.efi" "$work/one-good-of-two.efi"
cp "$work/certificate-in-dbx.efi" "$work/one-revoked-of-two.efi"
cp "$input_shim" "$work/hash-in-dbx.efi"
run trustme sign efi "$work/ours.efi" "$work/two-signatures.efi" "$work/one-good-of-two.efi" "$work/one-revoked-of-two.efi" \
  "$work/hash-in-dbx.efi" --add --in-place --pki pki --pass-file pass
# The image in dbx is another program, as a digest is of the program and not of its signatures.
revoked=$(sed -n 's/.*hash-in-dbx.*Authenticode sha256:\([0-9a-f]*\).*/\1/p' "$say_log")
osslsigncode sign -h sha384 -certs "$work/second.pem" -key "$work/second.key" -in "$program" -out "$work/sha384.efi" \
  >"$work/logs/osslsigncode.log" 2>&1 || failed "osslsigncode: $(tail -n 1 "$work/logs/osslsigncode.log")"
{ head -c 600 "$work/ours.efi" && printf '\377' && tail -c +602 "$work/ours.efi"; } >"$work/changed-byte.efi"

esl_x509 "$work/second.esl" "$work/second.pem"
esl_x509 "$work/leaf.esl" "$work/revoked-leaf.pem"
esl_x509 "$work/later.esl" "$work/revoked-later.pem"
esl_sha256 "$work/hash.esl" "$revoked"
# EFI_CERT_X509_SHA256: the digest of the signed part, then an EFI_TIME, 2026-01-01.
vars_hex "$(sha256_of_tbs "$work/revoked-later.pem")ea070101000000000000000000000000" >"$work/later.data"
vars_list "$work/later-hash.esl" 92a4d23bc0967940b420fcf98ef103ed "$work/later.data"
cat pki/secure-boot/db.esl "$work/second.esl" "$work/leaf.esl" "$work/later.esl" >"$work/db.esl"
cat "$work/hash.esl" "$work/leaf.esl" "$work/later-hash.esl" >"$work/dbx.esl"
store firmware.fd "$work/db.esl" "$work/dbx.esl" ''

# predict AS FOLDER-OPTIONS... : the verdicts on all programs of $programs, in one run.
predict() {
  as=$1
  shift
  for name in $programs; do set -- "$@" "$work/$name.efi"; done
  trustme verify artifact --verbose --as "$as" "$@" >"$work/logs/verdict-$as" 2>&1
  [ $? -le 3 ] || failed "verify artifact: $(tail -n 2 "$work/logs/verdict-$as")"
}

# judge AS NAME SEEN: PASS or FAIL, with the checks that our verdict failed on.
judge() {
  predicted=$(sed -n "s|^$work/$2.efi would not \(be \)*sta.*|refused|p; s|^$work/$2.efi would \(be \)*sta.*|started|p" "$work/logs/verdict-$1")
  why=$(awk -v file="$work/$2.efi" '/^[^ ]/ { mine = $1 == file } mine && $2 == "expected" { printf "%s ", $1 }' \
    "$work/logs/verdict-$1")
  if [ "$3" = "$predicted" ]; then
    pass "$(printf '%-26s %s  %s' "$2" "$3" "$why")"
  else
    fail "$2: ${3:-nothing was said}, predicted ${predicted:-nothing} $why"
  fi
}

step 2 "Firmware: one boot, every program a boot option of its own"
programs='unsigned foreign-key changed-byte hash-in-dbx certificate-in-dbx certificate-hash-in-dbx one-revoked-of-two
  two-signatures one-good-of-two sha384 ours'
truncate -s 1M "$work/none.img"
mkdir -p "$work/tpm"
swtpm_setup --tpm2 --tpmstate "$work/tpm" --overwrite --pcr-banks sha256 >"$work/logs/swtpm.log" 2>&1 \
  || failed "swtpm_setup: $(tail -n 1 "$work/logs/swtpm.log")"
set --
index=0
for name in $programs; do
  index=$((index + 1))
  [ $index = 1 ] && continue
  machine_esp "$work/$name.img" "$work/$name.efi"
  set -- "$@" -drive "if=none,id=p$index,format=raw,readonly=on,file=$work/$name.img" \
    -device "virtio-blk-pci,drive=p$index,serial=p$index,bootindex=$index"
done
machine_boot "$work/firmware" "$work/unsigned.efi" "$work/firmware.fd" "$work/none.img" "$work/tpm" "$@" \
  || failed "the machine does not start"
deadline=$(($(date +%s) + 150))
while [ "$(date +%s)" -lt $deadline ] && kill -0 "$machine_qemu" 2>/dev/null; do
  tr -d '\r' <"$machine_log" | grep -a -o -e 'failed to load Boot[0-9A-F]* .*Access Denied' -e 'starting Boot[0-9A-F]* ' \
    | sed 's/^failed to load.*/refused/; s/^starting.*/started/' >"$work/seen"
  [ "$(wc -l <"$work/seen")" -lt $index ] || break
  sleep 0.3
done
machine_stop
predict uefi --vars "$work/firmware.fd"
line=0
for name in $programs; do
  line=$((line + 1))
  judge uefi "$name" "$(sed -n "${line}p" "$work/seen")"
done
note "firmware: $(($(date +%s) - started)) s since the start"

step 3 "shim: MokList, a certificate for modules alone, SBAT"
program=$input_systemd_boot
key mok -addext extendedKeyUsage=codeSigning
key modules -addext extendedKeyUsage=1.3.6.1.4.1.2312.16.1.2
esl_x509 "$work/mok.esl" "$work/mok.pem"
esl_x509 "$work/modules.esl" "$work/modules.pem"
cat "$work/mok.esl" "$work/modules.esl" >"$work/moklist.esl"
run trustme sign efi "$input_shim" --pki pki --pass-file pass -o "$work/shim.efi"
store shim.fd pki/secure-boot/db.esl '' "$work/moklist.esl"
by mok "$program" "$work/by-mok.efi"
by modules "$program" "$work/by-modules.efi"
objcopy --remove-section .sbat "$program" "$work/bare.efi" 2>>"$work/logs/objcopy.log" || failed "objcopy"
by mok "$work/bare.efi" "$work/without-sbat.efi"
programs='by-mok by-modules without-sbat'
predict shim --vars "$work/shim.fd" --shim "$work/shim.efi"
for name in $programs; do
  mkdir -p "$work/disk-$name/EFI/BOOT"
  cp "$work/shim.efi" "$work/disk-$name/EFI/BOOT/BOOTX64.EFI"
  cp "$work/$name.efi" "$work/disk-$name/EFI/BOOT/grubx64.efi"
  machine_boot "$work/shim-$name" "$work/disk-$name" "$work/shim.fd" "$work/none.img" "$work/tpm" \
    || failed "the machine does not start"
  seen='' deadline=$(($(date +%s) + 60))
  while [ -z "$seen" ] && [ "$(date +%s)" -lt $deadline ] && kill -0 "$machine_qemu" 2>/dev/null; do
    case $(tr -d '\r\000' <"$machine_log") in
      *'Security Violation'* | *'Verification failed'*) seen=refused ;;
      *'Reboot Into Firmware'*) seen=started ;;
    esac
    sleep 0.3
  done
  machine_stop
  judge shim "$name" "$seen"
done

[ "$wrong" = 0 ] || failed "$wrong of the verdicts"
printf '\n%sEvery verdict as firmware and shim have it%s, %d s\n' "$say_green" "$say_off" $(($(date +%s) - started))
