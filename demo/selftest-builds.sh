#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# The build integrations at work on a real image tree: mkosi's configuration and last step, the Yocto class' tasks.
# usage: TRUSTME=… selftest-builds.sh DEMO-FOLDER      (the folder of a finished demo: its keys, stub and initramfs)
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/say.sh"
. "$here/lib/inputs.sh"
. "$here/lib/evidence.sh"
. "$here/lib/host.sh"
. "$here/lib/actions.sh"

[ $# = 1 ] || { echo "usage: selftest-builds.sh DEMO-FOLDER" >&2; exit 2; }
trap 'exit 130' INT TERM
cd "$1" || exit 4
inputs_fetch && inputs_loaders || exit 4
integration=$(cd "$here/../signer/integration" && pwd)
work=$PWD/builds
rm -rf "$work"
mkdir -p "$work/logs"
say_logs=$work/logs

# One fixed time for what is made here, as a reproducible build has it.
SOURCE_DATE_EPOCH=1767225600
TRUSTME_PKI=$PWD/pki
TRUSTME_PASS_FILE=$PWD/pass
TRUSTME_INITRD=$PWD/initramfs.img
TRUSTME_CMDLINE='console=ttyS0 panic=-1'
TRUSTME_MODULE_ROLE=boot
export SOURCE_DATE_EPOCH TRUSTME TRUSTME_PKI TRUSTME_PASS_FILE TRUSTME_INITRD TRUSTME_CMDLINE TRUSTME_MODULE_ROLE

# tree FOLDER: an image tree as a distribution's packages leave it, with 60 of the kernel's modules.
tree() {
  mkdir -p "$1/boot" "$1/etc" "$1/usr/bin" "$1/usr/lib/modules" "$1/usr/lib/systemd/boot/efi"
  cp "$BUSYBOX" "$1/usr/bin/busybox"
  cp "$input_kernel" "$1/boot/"
  cp os-release "$1/usr/lib/os-release"
  cp "$input_stub" "$input_systemd_boot" "$1/usr/lib/systemd/boot/efi/"
  (cd "$input_tree/lib/modules" && find . -name '*.ko.xz' -size -40k | LC_ALL=C sort | head -n 60 | tar -c -T - -f -) \
    | tar -x -C "$1/usr/lib/modules"
}

# number FILE NAME: the number of that name in a document of ours.
number() { tr -d ' \n' <"$1" | sed "s/.*\"$2\":\([0-9]*\).*/\1/"; }

# shellcheck disable=SC2046 # names of modules hold no blanks
modules_load() { trustme verify artifact $(cat "$work/modules") --as module --cert pki/certs/boot.pem; }

# signed TREE OUTPUT: each consumer takes what the build made.
signed() {
  find "$1" -name '*.ko.xz' >"$work/modules"
  run modules_load
  for program in "$1"/usr/lib/systemd/boot/efi/systemd-boot*.efi "$2.efi"; do
    run trustme verify artifact "$program" --as uefi --vars OVMF_VARS.fd
  done
  root=$(json_string "$2.layer.img.json" root-hash)
  veritysetup verify "$2.layer.img" "$2.layer.img" "$root" \
    --hash-offset $((4096 * $(number "$2.layer.img.json" data-blocks))) >"$work/logs/verity.log" 2>&1 \
    || failed "veritysetup: $(cat "$work/logs/verity.log")"
  grep -aq "$TRUSTME_CMDLINE .*$root" "$2.efi" || failed "$2.efi boots another layer than $root"
  note "$(wc -l <"$work/modules") modules, boot loader, layer $root and the UKI that boots it"
}

step 1 "mkosi: the configuration is read, its last step signs"
cp -r "$integration/mkosi" "$work/mkosi"
cp "$integration/sign-tree" "$work/mkosi/"
(cd "$work/mkosi" && mkosi summary) >"$work/logs/mkosi" 2>&1 || failed "mkosi: $(tail -n 2 "$work/logs/mkosi")"
grep -q "Finalize Script: $work/mkosi/mkosi.finalize" "$work/logs/mkosi" || failed "mkosi runs no mkosi.finalize"
grep -q "TRUSTME_PKI=$TRUSTME_PKI" "$work/logs/mkosi" || failed "mkosi does not hand TRUSTME_PKI on"
for name in one two; do
  tree "$work/$name"
  mkdir "$work/$name.out"
done
(cd "$work/mkosi" && BUILDROOT=$work/one OUTPUTDIR=$work/one.out ./mkosi.finalize build) || failed "the call for the build tree"
[ -z "$(ls "$work/one.out")" ] || failed "the call for the build tree signed something"
for name in one two; do
  run env BUILDROOT="$work/$name" OUTPUTDIR="$work/$name.out" "$work/mkosi/mkosi.finalize" final
done
for file in layer.img layer.img.json layer.img.p7s boot.efi; do
  cmp -s "$work/one.out/$file" "$work/two.out/$file" || failed "$file differs between two builds"
done
note "two builds, the same bytes"
for file in layer.img layer.img.json layer.img.p7s; do ln -s "$file" "$work/one.out/boot.$file"; done
signed "$work/one" "$work/one.out/boot"

step 2 "Yocto: the class' tasks, with bitbake's variables as a recipe has them"
class=$integration/yocto/classes/trustme-sign.bbclass
awk '/^[a-z_]+\(\) \{$/ { on = 1 } on { print } /^}$/ { on = 0 }' "$class" >"$work/tasks.sh"
grep -c '() {' "$work/tasks.sh" >"$work/count"
expect 'shell functions of the class' "$(cat "$work/count")" 3
awk '/^python \(\) \{$/ { on = 1; print "def anonymous(d):"; next } /^}$/ { on = 0 } on { print }' "$class" >"$work/tasks.py"
python3 -m py_compile "$work/tasks.py" || failed "the class' python"
tree "$work/three"
# Where a kernel's recipe installs, and where the image's recipe finds what was deployed.
mkdir -p "$work/kernel" "$work/deploy"
cp -r "$work/three/usr" "$work/kernel/"
cp "$input_kernel" "$work/deploy/bzImage"
cp "$input_stub" "$work/deploy/linuxx64.efi.stub"

# task NAME: a task of the class, in a shell with a recipe's variables.
task() {
  D=$work/kernel nonarch_base_libdir=/usr/lib IMAGE_ROOTFS=$work/kernel IMGDEPLOYDIR=$work/deploy IMAGE_NAME=device \
    TRUSTME_STUB=$work/deploy/linuxx64.efi.stub TRUSTME_KERNEL=$work/deploy/bzImage \
    sh -eu -c '. "$1"; "$2"' task "$work/tasks.sh" "$1"
}
run task trustme_sign_modules
run trustme sign efi "$work"/kernel/usr/lib/systemd/boot/efi/systemd-boot*.efi --in-place --pki pki --pass-file pass
run task do_trustme_layer
signed "$work/kernel" "$work/deploy/device"

step 3 "Without a PKI folder nothing is signed, and the build stops"
tree "$work/four"
mkdir "$work/four.out"
before=$(cd "$work/four" && find . -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum)
env TRUSTME_PKI= BUILDROOT="$work/four" OUTPUTDIR="$work/four.out" "$work/mkosi/mkosi.finalize" final 2>"$work/logs/none"
expect 'the exit code' $? 2
grep -q 'TRUSTME_PKI names no PKI folder' "$work/logs/none" || failed "$(cat "$work/logs/none")"
TRUSTME_PKI='' task trustme_sign_modules 2>"$work/logs/none" && failed 'the class signed without a key'
grep -q 'TRUSTME_PKI names no PKI folder' "$work/logs/none" || failed "$(cat "$work/logs/none")"
expect 'the tree' "$(cd "$work/four" && find . -type f -exec sha256sum {} + | LC_ALL=C sort | sha256sum)" "$before"
rm -rf "$work"
