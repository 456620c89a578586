#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# AArch64 once: systemd-boot and a unified image, predicted, then booted by QEMU with AAVMF, Secure Boot and a
# software TPM. Kernel, stub, loader and busybox come from Debian's arm64 archive, through a package state of their
# own; they, QEMU and the firmware are unpacked, never installed.
# usage: TRUSTME=… long-aarch64.sh DEMO-FOLDER      (its keys; about three minutes)
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/run.sh"
. "$here/guest/tree.sh"
. "$here/guest/modules.sh"

[ $# = 1 ] || { echo "usage: long-aarch64.sh DEMO-FOLDER" >&2; exit 2; }
run_in "$1" aarch64 pki pass os-release
mkdir -p "$inputs_cache"

# other_archive: from here on apt speaks of Debian 12 on arm64, at the mirrors that this machine uses, and leaves its
# package lists alone.
other_archive() {
  # shellcheck disable=SC2016 # words for apt-get
  mirrors=$(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' | sort -u)
  debian=$(printf '%s\n' "$mirrors" | sed -n 's/ bookworm$//p' | head -n 1)
  security=$(printf '%s\n' "$mirrors" | sed -n 's/ bookworm-security$//p' | head -n 1)
  if [ -z "$debian" ] || [ -z "$security" ]; then
    echo "trustme: apt knows no mirror of Debian 12" >&2
    return 1
  fi
  state=$(cd "$inputs_cache" && pwd)/arm64-apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/etc/sources.d" "$state/etc/preferences.d" \
    "$state/etc/apt.conf.d"
  : >"$state/status"
  # The stub of 252 is no complete PE file on arm64: its version and SBAT lie outside of its sections.
  printf 'Package: systemd-boot-efi\nPin: release n=bookworm-backports\nPin-Priority: 700\n' >"$state/etc/preferences.d/stub"
  for source in "$debian bookworm" "$debian bookworm-backports" "$security bookworm-security"; do
    echo "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $source main"
  done >"$state/etc/sources.list"
  cat >"$state/conf" <<END
Dir::State "$state"; Dir::State::status "$state/status"; Dir::Cache "$state/cache";
Dir::Etc "$state/etc"; Dir::Etc::sourcelist "$state/etc/sources.list"; Dir::Etc::sourceparts "$state/etc/sources.d";
APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Sandbox::User "root"; Acquire::Languages "none";
END
  APT_CONFIG=$state/conf
  export APT_CONFIG
  apt-get update -qq
}

step 1 "QEMU, firmware, and an arm64 kernel, loader and busybox"
inputs_versions=$(apt-cache policy qemu-system-arm qemu-efi-aarch64)
inputs_unpack qemu-system-arm || exit 4
qemu=$input_unpacked/usr/bin/qemu-system-aarch64
inputs_unpack qemu-efi-aarch64 || exit 4
firmware=$input_unpacked/usr/share/AAVMF
other_archive || exit 4
image=$(apt-cache pkgnames linux-image-6.12. | grep '+deb12-cloud-arm64$' | sort -V | tail -n 1)
inputs_versions=$(apt-cache policy "$image" systemd-boot-efi busybox-static)
inputs_cache=$inputs_cache/arm64
mkdir -p "$inputs_cache"
inputs_unpack "$image" || exit 4
input_tree=$input_unpacked
kernel=$input_tree/boot/vmlinuz-${image#linux-image-}
inputs_unpack systemd-boot-efi || exit 4
loaders=$input_unpacked/usr/lib/systemd/boot/efi
inputs_unpack busybox-static || exit 4
busybox=$input_unpacked/bin/busybox
unset APT_CONFIG
note "${kernel##*/}, $(basename "$loaders/systemd-bootaa64.efi")"

step 2 "The disk, and the prediction"
root=$work/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev"
cp "$busybox" "$root/bin/busybox" && cp "$here/guest/tell" "$root/init" && chmod 755 "$root/init"
modules_install "$input_tree" "$root/lib/trustme" tpm_tis
tree_settle "$root"
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n >"$work/tell.img"
# Debian's kernel is signed already; inside of a unified image that does not matter.
run trustme sign uki --pki pki --pass-file pass --stub "$loaders/linuxaa64.efi.stub" --kernel "$kernel" \
  --initrd "$work/tell.img" --cmdline 'console=ttyAMA0 panic=-1 quiet' --os-release os-release -o "$work/uki.efi"
run trustme sign efi "$loaders/systemd-bootaa64.efi" --pki pki --pass-file pass -o "$work/loader.efi"
disk=$work/disk
mkdir -p "$disk/EFI/BOOT" "$disk/EFI/Linux" "$disk/loader"
cp "$work/loader.efi" "$disk/EFI/BOOT/BOOTAA64.EFI"
cp "$work/uki.efi" "$disk/EFI/Linux/uki.efi"
printf 'timeout 0\n' >"$disk/loader/loader.conf"
rm -f "$work/esp.img"
truncate -s 128M "$work/esp.img"
mkfs.vfat -F 32 -i 7472757a -n ESP "$work/esp.img" >/dev/null
MTOOLS_SKIP_CHECK=1 mcopy -s -i "$work/esp.img" "$disk"/* ::/
vars_new "$firmware/AAVMF_VARS.ms.fd" "$work/vars.fd"
printf '\001' >"$work/on"
vars_add "$work/vars.fd" PK global 39 pki/secure-boot/PK.esl
vars_add "$work/vars.fd" KEK global 39 pki/secure-boot/KEK.esl
vars_add "$work/vars.fd" db security 39 pki/secure-boot/db.esl
vars_add "$work/vars.fd" SecureBootEnable switch 3 "$work/on"
cat >"$work/boot.yaml" <<'END'
schema: trustme/boot/1
firmware: {pk: ../pki/secure-boot/PK.esl, kek: ../pki/secure-boot/KEK.esl, db: ../pki/secure-boot/db.esl}
phases: [kernel, enter-initrd]
paths:
  - name: aarch64
    boot: [{systemd-boot: loader.efi}, {uki: uki.efi}]
END
run trustme measure predict "$work/boot.yaml"
awk '/^[a-z0-9.-]*, phase / { phase = $3 }
  $1 == "PCR" && (phase == "kernel" || $2 == 11) { split($3, v, ":"); print phase, $2, v[1], v[2] }' "$say_log" \
  | LC_ALL=C sort >"$work/expected"
[ "$(wc -l <"$work/expected")" = 6 ] || failed "six values to predict"

step 3 "The boot"
mkdir -p "$work/tpm"
swtpm_setup --tpm2 --tpmstate "$(cd "$work/tpm" && pwd)" --overwrite --pcr-banks sha1,sha256,sha512 \
  >"$work/logs/swtpm.log" 2>&1 || failed "swtpm_setup: $(tail -n 1 "$work/logs/swtpm.log")"
machine_socket tpm
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --ctrl "type=unixio,path=$machine_path" --terminate </dev/null \
  >"$work/logs/tpm.log" 2>&1 &
tpm=$!
machine_pids="$machine_pids $tpm"
machine_await "$tpm" "$machine_path" || failed "swtpm does not start"
: >"$work/serial.log"
"$qemu" -machine virt -accel tcg -cpu max,pauth-impdef=on -smp 1 -m 1024 \
  -drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware/AAVMF_CODE.ms.fd" \
  -drive "if=pflash,unit=1,format=raw,file=$work/vars.fd" \
  -chardev "socket,id=tpm,path=$machine_path" -tpmdev emulator,id=tpm0,chardev=tpm -device tpm-tis-device,tpmdev=tpm0 \
  -drive "if=none,id=esp,format=raw,readonly=on,file=$work/esp.img" -device virtio-blk-pci,drive=esp,bootindex=0 \
  -nic none -display none -monitor none -serial "file:$work/serial.log" -no-reboot </dev/null >"$work/logs/qemu.log" 2>&1 &
qemu_pid=$!
machine_pids="$machine_pids $qemu_pid"
deadline=$(($(date +%s) + 900))
while kill -0 "$qemu_pid" 2>/dev/null && ! grep -aq '^TRUSTME-' "$work/serial.log"; do
  [ "$(date +%s)" -lt "$deadline" ] || break
  sleep 1
done
grep -aq '^TRUSTME-READY' "$work/serial.log" \
  || failed "$(tail -n 1 "$work/logs/qemu.log") $(tr -d '\r' <"$work/serial.log" | tail -n 2)"
machine_end_pid "$qemu_pid"
machine_end_pid "$tpm"
tr -d '\r' <"$work/serial.log" | sed -n 's/^PCR //p' | tr 'A-F' 'a-f' | awk '{ print $1, $3, $2, $4 }' \
  | LC_ALL=C sort >"$work/measured"
tr -d '\r' <"$work/serial.log" | sed -n '/^LOG-BEGIN/,/^LOG-END/{/^LOG-/d;p}' | base64 -d >"$work/eventlog.bin"
different=$(LC_ALL=C comm -23 "$work/expected" "$work/measured")
[ -z "$different" ] || failed "predicted, but not measured: $different"
note "PCR 4, 7, 9, 11 and 12, and 11 after enter-initrd: as predicted"
run trustme measure predict "$work/boot.yaml" --log "$work/eventlog.bin"

printf '\n%sAArch64 as predicted%s, %d s\n' "$say_green" "$say_off" $(($(date +%s) - started))
