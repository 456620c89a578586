#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# The whole chain on real input: keys, signed artefacts, predictions, an emulated device that boots them, attests,
# and is judged. Every step is the command that a user would type, with its time and one line of result.
# usage: trustme demo [--dir DIR] [--force]
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/say.sh"
. "$here/lib/inputs.sh"
. "$here/lib/machine.sh"
. "$here/lib/evidence.sh"
. "$here/lib/host.sh"
. "$here/guest/modules.sh"
. "$here/lib/actions.sh"

usage() {
  echo "usage: trustme demo [--dir DIR] [--force]"
  echo "  --dir DIR  where everything lands (default: demo-run)"
  echo "  --force    replace the folder of an earlier run"
}
directory=demo-run force=''
while [ $# -gt 0 ]; do
  case $1 in
    --dir) [ $# -gt 1 ] || { usage >&2; exit 2; } && directory=$2 && shift ;;
    --dir=*) directory=${1#*=} ;;
    --force) force=yes ;;
    -h | --help) usage && exit 0 ;;
    *) echo "trustme: unknown option: $1" >&2 && usage >&2 && exit 2 ;;
  esac
  shift
done

# challenge NAME: sets $nonce.
challenge() {
  run trustme verify challenge --device "$uuid" --state verifier -o "$1.json"
  nonce=$(json_string "$1.json" nonce)
}

# judging EVIDENCE: sets $judge, the words of the command that judges it, with what the policy demands.
judging() {
  judge="trustme verify evidence $1 --release release.json --policy policy.yaml --state verifier \
    --enrolment device/record.json --crl pki/crls/customer-root.crl --crl pki/crls/device.crl"
}

# The root hash that veritysetup computes over layer.img, with the salt of layer.img.json.
judge_root_hash() {
  blocks=$(tr -d '\n ' <layer.img.json | sed 's/.*"data-blocks":\([0-9]*\).*/\1/')
  veritysetup format layer.img judge/hash-tree --data-blocks "$blocks" --salt "$(json_string layer.img.json salt)" \
    | sed -n 's/^Root hash:[[:space:]]*//p'
}

if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
  echo "trustme: the last step starts a container, which needs root: run the demo as root, or install sudo" >&2
  exit 4
fi
if [ -e "$directory" ]; then
  [ -n "$force" ] || { echo "trustme: $directory exists already; --force replaces it" >&2; exit 2; }
  # Only a folder that this script made is ever removed.
  [ -e "$directory/.trustme-demo" ] || { echo "trustme: $directory is not from an earlier demo; it stays" >&2; exit 2; }
fi
started=$(date +%s) nonce=''
trap machine_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

echo "Packages"
"$here/lib/packages.sh" || exit 4
inputs_fetch || exit 4
note "all there; kernel, stub and busybox are only unpacked: $inputs_cache"

[ ! -e "$directory" ] || as_root rm -rf "$directory" || exit 4
mkdir -p "$directory/logs" && cd "$directory" && : >.trustme-demo || exit 4
say_logs=logs
(umask 077 && head -c 18 /dev/urandom | base64 >pass)
for file in os-release container.yaml release.yaml policy.yaml; do
  sed "s/@NOT_AFTER@/$(date -u -d '+1 year' +%Y-%m-%dT%H:%M:%SZ)/" "$here/files/$file" >"$file" || exit 4
done
# The guest's files carry one fixed time, so that the same inputs give the same bytes.
guest_build() { SOURCE_DATE_EPOCH=1767225600 "$@"; }

step 1 "Keys: two hierarchies, a certificate per role, the Secure Boot variables"
run trustme pki init --profile device -o pki --pass-file pass
run trustme pki show pki
run trustme pki vars --pki pki --template /usr/share/OVMF/OVMF_VARS_4M.fd -o OVMF_VARS.fd
# Somebody else, whose key this device does not know.
openssl req -x509 -newkey rsa:3072 -noenc -keyout foreign.key -out foreign.pem -days 1 -subj "/CN=Somebody Else" \
  2>logs/openssl.log || failed "openssl: $(tail -n 1 logs/openssl.log)"

step 2 "Real inputs"
cp "$input_kernel" vmlinuz && cp "$input_stub" linuxx64.efi.stub || exit 4
note "kernel     ${input_kernel##*/}"
note "EFI stub   $(printf '%s' "${input_stub#"$inputs_cache"/}" | cut -d / -f 1)"
mkdir -p modules
find "$input_tree/lib/modules" -name '*.ko.xz' -size -40k | LC_ALL=C sort | head -n 60 >modules.list
module_file "$input_tree" dummy >>modules.list
sort -u modules.list | while IFS= read -r file; do
  name=$(basename "$file" .xz)
  module_unpack "$file" >"modules/$name" && module_strip "modules/$name"
done
count=$(find modules -name '*.ko' | wc -l)
[ "$count" -ge 50 ] || failed "only $count modules to sign"
note "modules    $count of the kernel's, Debian's signatures cut off"
guest_build "$here/lib/container.sh" web-oci || failed "the container image"
note "container  an OCI layout with a static busybox, $(du -sh web-oci | cut -f 1)"
guest_build "$here/guest/initramfs.sh" "$input_tree" initramfs.img || failed "the initramfs"
note "initramfs  $(wc -c <initramfs.img) bytes, opens the root through dm-verity"

step 3 "Sign what a device boots and runs, and let other tools judge it"
run trustme sign modules modules --pki pki --pass-file pass --role boot -o modules-signed
mkdir -p judge
(umask 077 && openssl pkey -in pki/keys/boot.pem -passin file:pass -out judge/key.pem) || failed "openssl reads the key"
same=0
for module in modules/*.ko; do
  "$input_sign_file" sha256 judge/key.pem pki/certs/boot.pem "$module" judge/module.ko 2>logs/sign-file.log \
    || failed "sign-file: $(tail -n 1 logs/sign-file.log)"
  cmp -s judge/module.ko "modules-signed/${module##*/}" || failed "${module##*/} differs from what sign-file makes"
  same=$((same + 1))
done
note "judge sign-file: $same of $count modules are byte-identical"
rm judge/key.pem
"$input_sign_file" sha256 foreign.key foreign.pem modules/dummy.ko judge/foreign.ko || failed "sign-file, for somebody else"

mkdir -p try
cp modules-signed/dummy.ko try/signed.ko
cp modules/dummy.ko try/unsigned.ko
cp judge/foreign.ko try/foreign.ko
# One module in every form that the kernel takes, and in some that it must not; what we say of each is written down.
variant() {
  variant=$1
  shift
  run trustme sign modules modules/dummy.ko --pki pki --pass-file pass --role boot "$@" -o "try/$variant"
  { mv "try/$variant/dummy.ko" "try/$variant.ko" && rmdir "try/$variant"; } || failed "no $variant.ko"
}
variant keyid --key-id
variant sha512 --hash sha512
xz -9 --check=crc32 -c <try/keyid.ko >try/packed.ko.xz || failed "xz"
cp try/signed.ko try/changed.ko
flip_byte try/changed.ko "$(($(wc -c <modules/dummy.ko) / 2))"
head -c -1 try/signed.ko >try/cut.ko
for module in try/*.ko try/*.ko.xz; do
  case ${module##*/} in
    signed.ko | keyid.ko | sha512.ko | packed.ko.xz) code=0 said=loaded ;;
    cut.ko) code='1 3' said=refused ;;
    *) code=1 said=refused ;;
  esac
  echo "${module##*/}:$said" >>try/expected
  trustme verify artifact "$module" --as module --cert pki/certs/boot.pem >>logs/modules-judged 2>&1
  found=$?
  case " $code " in
    *" $found "*) ;;
    *) failed "verify artifact ends with $found for ${module##*/}, the kernel has to say $said" ;;
  esac
done
guest_build "$here/guest/layer.sh" "$input_tree" layer try/*.ko try/*.ko.xz || failed "the layer's tree"
run trustme sign layer layer --pki pki --pass-file pass -o layer.img
root_hash=$(json_string layer.img.json root-hash)
judge_root_hash >judge/root-hash || failed "veritysetup"
expect "root hash by veritysetup" "$(cat judge/root-hash)" "$root_hash"
note "judge veritysetup: same root hash $root_hash"

console='console=ttyS0 panic=-1 quiet loglevel=4'
printf '%s %s' "$console" "$(json_string layer.img.json cmdline)" >cmdline
run trustme sign uki --pki pki --pass-file pass --stub linuxx64.efi.stub --kernel vmlinuz --initrd initramfs.img \
  --cmdline @cmdline --os-release os-release -o boot.efi
sbverify --cert pki/certs/boot.pem boot.efi >logs/sbverify.log 2>&1 || failed "sbverify: $(tail -n 1 logs/sbverify.log)"
note "judge sbverify: $(tail -n 1 logs/sbverify.log)"
run trustme verify artifact boot.efi --as uefi --vars OVMF_VARS.fd
run trustme sign container web-oci --pki pki --pass-file pass --config container.yaml -o web.sealed

step 4 "The release: what PCR 4, 7, 9 and 11 will be, said before anything has started"
run trustme sign release --pki pki --pass-file pass --config release.yaml -o release.json
for pcr in 4 7 9 11; do
  predicted=$(release_pcr release.json $pcr)
  [ ${#predicted} = 64 ] || failed "release.json predicts nothing for PCR $pcr"
  note "PCR $(printf '%-2d' $pcr)  $predicted"
done

step 5 "First boot: Secure Boot on these keys, a TPM, enrolment"
tpm_authority tpm-maker
tpm_new tpm-maker tpm || failed "swtpm_setup"
uuid=$(cat /proc/sys/kernel/random/uuid)
run -t READY boot first boot.efi ready
run -o request.json guest request "$uuid"
run trustme pki enrol challenge --pki pki --request request.json --ek-roots tpm-maker/ek-roots.pem -o challenge.blob
run -o secret.b64 guest activate "$(base64 -w 0 challenge.blob)"
base64 -d secret.b64 >secret
run trustme pki enrol complete --pki pki --pass-file pass --request request.json --secret secret -o device
run trustme pki enrol show "$uuid" --pki pki
run trustme pki crl --pki pki --pass-file pass customer-root device
run guest certificate "$(base64 -w 0 device/ak.der)" "$(base64 -w 0 device/issuer.der)"
machine_stop

step 6 "Second boot: modules under lockdown, and evidence for a nonce"
run -t READY boot second boot.efi ready
run -t '^lockdown' guest modules
while IFS= read -r answer; do
  grep -q "^${answer%:*}: ${answer#*:}" "$say_log" || failed "the module $(grep "^${answer%:*}:" "$say_log"), and it should be ${answer#*:}"
  note "$(grep "^${answer%:*}:" "$say_log")"
done <try/expected
challenge nonce
run -o evidence.json guest evidence "$nonce"

step 7 "The verdict"
judging evidence.json
# shellcheck disable=SC2086 # its words
run $judge --all
sed -n '2,$s/^/             /p' "$say_log"
for pcr in 4 7 9 11; do
  expect "PCR $pcr" "$(evidence_pcr evidence.json $pcr)" "$(release_pcr release.json $pcr)"
done
note "PCR 4, 7, 9 and 11 are as predicted before the first boot"
evidence_log evidence.json >eventlog.bin
run -t sha256 trustme measure replay eventlog.bin

note "refusal: the same evidence again"
judging evidence.json
# shellcheck disable=SC2086 # its words
refused -t '^ *nonce-unused' $judge

note "refusal: an event log edited to name another initramfs"
challenge nonce-edited
guest evidence "$nonce" >fresh.json || failed "no evidence"
evidence_edit_log fresh.json "$(sha256sum initramfs.img | cut -d ' ' -f 1)" >edited.json || failed "the log to edit"
judging edited.json
# shellcheck disable=SC2086 # its words
refused -t '^ *log-' $judge

note "refusal: another TPM, by the same maker and fed the same measurements, answers in the device's name"
challenge nonce-other
guest evidence "$nonce" >fresh.json || failed "no evidence"
tpm_new tpm-maker other-tpm || failed "swtpm_setup"
evidence_by_other_tpm fresh.json other-tpm "$nonce" >other.json || failed "the other TPM"
judging other.json
# shellcheck disable=SC2086 # its words
refused -t '^ *quote-signature' $judge
machine_stop

note "refusal: the same boot image, signed by somebody else"
cp boot.efi unsigned.efi
{ sbattach --remove unsigned.efi && sbsign --key foreign.key --cert foreign.pem --output foreign.efi unsigned.efi; } \
  >logs/sbsign.log 2>&1 || failed "sbsign: $(tail -n 1 logs/sbsign.log)"
refused trustme verify artifact foreign.efi --as uefi --vars OVMF_VARS.fd
cp -r tpm tpm-copy
run -t 'Access Denied' boot foreign-boot foreign.efi refused tpm-copy
machine_stop

note "refusal: a disk that does not have the root hash of the command line"
sed "s/roothash=..../roothash=0000/" cmdline >cmdline-wrong
run -t REFUSED boot_direct wrong-layer cmdline-wrong refused
machine_stop

step 8 "On the device: a signed container is measured, then started; a changed one is not"
tpm_new tpm-maker device-tpm || failed "swtpm_setup"
tpm_serve device device-tpm || failed "swtpm"
as_root chmod 666 "$tpm_socket" "$tpm_socket.ctrl" 2>/dev/null
run device init --store store --roots pki/certs/software-root.pem --pcr 13
run device install web.sealed --store store
pcr_before=$(tpm_pcr 13)
run -t 'web 9 is running' device start web --store store --tcti "swtpm:path=$tpm_socket"
grep -q 'web 9 is running' "$say_log" || failed "the container did not speak"
[ "$(tpm_pcr 13)" != "$pcr_before" ] || failed "PCR 13 did not change"
note "PCR 13  $(tpm_pcr 13)"
run device list --store store
image=$(as_root find store -name image.squashfs | head -n 1)
[ -n "$image" ] || failed "no image.squashfs in the store"
flip_byte "$image" "$(($(as_root stat -c %s "$image") / 3))"
traces >traces-before
pcr_before=$(tpm_pcr 13)
refused -t image-digest device start web --store store --tcti "swtpm:path=$tpm_socket"
! grep -q 'web 9 is running' "$say_log" || failed "the changed container ran"
traces >traces-after
cmp -s traces-before traces-after || { sleep 1 && traces >traces-after; }
cmp -s traces-before traces-after || failed "something was left behind: $(diff traces-before traces-after | tail -n 1)"
note "processes, mounts, loop devices and cgroups are as before"
[ "$(tpm_pcr 13)" = "$pcr_before" ] || note "PCR 13 has recorded the attempt"

printf '\n%sEverything as expected%s, %d s. All files: %s\n' "$say_green" "$say_off" $(($(date +%s) - started)) "$(pwd)"
