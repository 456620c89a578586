#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Bad input to every command of the demo: one clear line, the right exit code, nothing half written.
# usage: TRUSTME=… selftest-commands.sh DEMO-FOLDER      (the folder of a finished demo)
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/host.sh"
. "$here/lib/actions.sh"

[ $# = 1 ] || { echo "usage: selftest-commands.sh DEMO-FOLDER" >&2; exit 2; }
cd "$1" || exit 4
work=$(mktemp -d "${TMPDIR:-/tmp}/trustme-commands.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
out=$work/out
checks=0 wrong=0

# problem TEXT: the command before did not behave.
problem() {
  wrong=$((wrong + 1))
  echo "WRONG: $*"
  sed 's/^/  | /' "$work/stderr" | head -n 5
}

# check CODE WHAT COMMAND...: exit code, one line that is no stack trace, and no output file.
check() {
  code=$1 what=$2
  shift 2
  checks=$((checks + 1))
  rm -rf "$out"
  trustme "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  [ "$status" = "$code" ] || problem "$what: exit $status, expected $code: trustme $*"
  [ ! -e "$out" ] || problem "$what: an output was written: trustme $*"
  [ -z "$(find "$work" "$PWD" -maxdepth 1 -newer "$work/mark" \( -name '*.tmp' -o -name '*.part' \))" ] \
    || problem "$what: a temporary file is left: trustme $*"
  ! grep -qE '^[[:space:]]+at |Exception' "$work/stderr" "$work/stdout" || problem "$what: a stack trace: trustme $*"
  # A rejection is a verdict with its checks; any other failure is one line.
  [ "$code" = 1 ] || [ "$(grep -c '^trustme' "$work/stderr")" = 1 ] || problem "$what: not one line: trustme $*"
}

# bad FILE CODE-WHEN-CHANGED COMMAND...: the command with @ in the place of FILE, in turn missing, a folder, and changed.
bad() {
  rm -rf "$work/input"
  bad_good=$1 bad_code=$2
  shift 2
  with 4 'missing input' "$@"
  mkdir "$work/input"
  with 4 'a folder as input' "$@"
  changed "$bad_good" "$bad_code" "$@"
}

# changed FILE CODE COMMAND...: the command with @ in the place of FILE, in turn empty, truncated, of another kind.
changed() {
  good=$1 changed=$2
  shift 2
  rm -rf "$work/input"
  : >"$work/input"
  with "$changed" 'empty input' "$@"
  head -c "$(($(wc -c <"$good") / 2))" "$good" >"$work/input"
  with "$changed" 'truncated input' "$@"
  printf 'PK\003\004 this is something else\n' >"$work/input"
  with "$changed" 'input of another kind' "$@"
}

# with CODE WHAT COMMAND...: check, each @ replaced by the bad input.
with() {
  with_code=$1 with_what=$2
  shift 2
  count=$#
  while [ "$count" -gt 0 ]; do
    if [ "$1" = @ ]; then set -- "$@" "$work/input"; else set -- "$@" "$1"; fi
    shift
    count=$((count - 1))
  done
  check "$with_code" "$with_what" "$@"
}

# existing COMMAND...: an output that is there already stays as it is.
existing() {
  checks=$((checks + 1))
  rm -rf "$out"
  echo mine >"$out"
  trustme "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  [ "$status" = 2 ] || problem "existing output: exit $status, expected 2: trustme $*"
  grep -q -e --force "$work/stderr" || problem "existing output: the error does not name --force: trustme $*"
  [ "$(cat "$out")" = mine ] || problem "existing output: changed: trustme $*"
}

touch "$work/mark"
echo not-the-passphrase >"$work/wrong-pass"
pki='--pki pki --pass-file pass' wrong_pass="--pki pki --pass-file $work/wrong-pass"
uki='--stub linuxx64.efi.stub --kernel vmlinuz --initrd initramfs.img --cmdline @cmdline --os-release os-release'
vars='--vars OVMF_VARS.fd'
enrol='--pki pki --pass-file pass --request request.json'
maker='--ek-roots tpm-maker/ek-roots.pem'
evidence='--release release.json --policy policy.yaml --state verifier'
fleet='--release release.json --policy policy.yaml --recorded'
vectors=$here/../testvectors/vectors none="--tcti swtpm:path=$work/none"
zeros=0000000000000000000000000000000000000000000000000000000000000000
printf 'sha256:7  %s\n' "$zeros" >"$work/pcrs"
cat >"$work/boot.yaml" <<END
schema: trustme/boot/1
firmware: {variables: $PWD/OVMF_VARS.fd}
paths:
  - name: direct
    boot: [{uki: $PWD/boot.efi}]
END
sed 's/^inputs:/none:/' "$here/../docs/runbooks/ceremony.yaml" | sed '/^none:/,/^$/d' >"$work/impossible.yaml"
cp "$here/../docs/runbooks/ceremony.yaml" "$work/ceremony.yaml"
cp pki/profile.yaml "$work/profile.yaml"
# shellcheck disable=SC2086 # the options above are words
{
  for tool in pki sign verify measure device vectors; do
    check 2 'unknown verb' $tool no-such-verb
  done
  check 2 'unknown option' pki show pki --no-such-option

  changed "$here/files/policy.yaml" 3 pki init --profile @ -o "$out" --pass-file pass
  check 2 'neither a shipped profile nor a file' pki init --profile "$work/none" -o "$out" --pass-file pass
  check 4 'missing passphrase file' pki init --profile device -o "$out" --pass-file "$work/none"
  existing pki init --profile device -o "$out" --pass-file pass
  check 4 'missing PKI' pki show "$work/none"
  check 4 'missing log' pki audit verify "$work/none"
  check 3 'a log of another kind' pki audit verify "$work/wrong-pass"
  check 1 'a head of another log' pki audit verify --pki pki --head "$zeros"
  check 2 'neither folder nor log' pki audit verify
  check 1 'wrong passphrase' pki audit checkpoint $wrong_pass
  check 2 'no time' pki audit show --pki pki --since yesterday
  existing pki audit export --pki pki -o "$out"
  bad "$here/../docs/runbooks/ceremony.yaml" 3 pki ceremony lint @
  check 1 'an impossible order' pki ceremony lint "$work/impossible.yaml"
  check 1 'an impossible order' pki ceremony rehearse "$work/impossible.yaml" -o "$out"
  check 2 'nobody to ask' pki ceremony run "$work/ceremony.yaml" -o "$work/nobody"
  changed request.json 3 pki ceremony verify @ --folder pki
  check 3 'a share that is none' pki ceremony combine container.yaml container.yaml
  check 3 'a share that is none' pki audit checkpoint --pki pki --shares pass,pass
  bad OVMF_VARS.fd 3 pki vars --pki pki --template @ -o "$out"
  existing pki vars --pki pki --template OVMF_VARS.fd -o "$out"
  check 2 'a store that holds keys' pki vars --pki pki --template OVMF_VARS.fd -o "$out"
  boot=pki/secure-boot
  bad $boot/db.auth 3 pki secure-boot show @
  bad $boot/db.auth 3 pki secure-boot verify @ --variable db --pki pki
  check 1 'an update of db given as dbx' pki secure-boot verify $boot/db.auth --variable dbx --pki pki
  check 1 'an update as old as the store' pki secure-boot verify $boot/db.auth $vars
  check 1 'databases that differ' pki secure-boot diff $boot/db.esl $boot/KEK.esl
  bad $boot/db.esl 3 pki secure-boot lists --pki pki --merge @ -o "$out"
  existing pki secure-boot lists --pki pki --cert foreign.pem -o "$out"
  existing pki secure-boot update db $pki --cert foreign.pem -o "$out"
  existing pki secure-boot revoke $pki --image boot.efi --append "$out"
  check 2 'an entry that is there' pki secure-boot update db $pki --merge $boot/db.esl
  check 1 'wrong passphrase for an update' pki secure-boot update db $wrong_pass --cert foreign.pem
  bad OVMF_VARS.fd 3 pki secure-boot edit @ --remove db -o "$out"
  check 2 'a variable that is not there' pki secure-boot edit OVMF_VARS.fd --remove dbx -o "$out"
  existing pki secure-boot extract OVMF_VARS.fd -o "$out"
  bad request.json 3 pki enrol challenge --pki pki --request @ $maker -o "$out"
  check 1 'foreign TPM maker' pki enrol challenge --pki pki --request request.json \
    --ek-roots pki/certs/customer-root.pem -o "$out"
  check 1 'enrolled already' pki enrol challenge --pki pki --request request.json $maker -o "$out"
  existing pki enrol challenge --pki pki --request request.json $maker -o "$out"
  check 1 'wrong secret' pki enrol complete $enrol --secret pass -o "$out"
  check 2 'unknown device' pki enrol revoke 00000000-0000-4000-8000-000000000000 --pki pki --reason superseded
  check 2 'unknown reason' pki enrol revoke 00000000-0000-4000-8000-000000000000 --pki pki --reason boredom
  check 4 'no TPM' device enrol request --device 00000000-0000-4000-8000-000000000000 --without-firmware \
    $none -o "$out"
  check 2 'no UUID' device enrol request --device seven --without-firmware $none -o "$out"

  bad linuxx64.efi.stub 3 sign uki $pki --stub @ --kernel vmlinuz --initrd initramfs.img --cmdline x \
    --os-release os-release -o "$out"
  check 4 'missing kernel' sign uki $pki --stub linuxx64.efi.stub --kernel "$work/none" --initrd initramfs.img \
    --cmdline x --os-release os-release -o "$out"
  check 1 'wrong passphrase' sign uki $wrong_pass $uki -o "$out"
  existing sign uki $pki $uki -o "$out"
  changed modules/dummy.ko 3 sign modules @ $pki --role boot -o "$out"
  check 4 'missing module' sign modules "$work/none" $pki --role boot -o "$out"
  check 3 'a folder without modules' sign modules verifier $pki --role boot -o "$out"
  check 1 'a role that may not sign modules' sign modules modules/dummy.ko $pki --role release -o "$out"
  check 4 'missing layer' sign layer "$work/none" $pki -o "$out"
  existing sign layer layer $pki -o "$out"
  check 4 'missing image layout' sign container "$work/none" $pki --config container.yaml -o "$out"
  bad container.yaml 3 sign container web-oci $pki --config @ -o "$out"
  bad release.yaml 3 sign release $pki --config @ -o "$out"
  existing sign release $pki --config release.yaml -o "$out"

  check 2 'not a UUID' verify challenge --device nobody --state "$work/state" -o "$out"
  bad evidence.json 3 verify evidence @ $evidence
  bad release.json 3 verify evidence evidence.json --release @ --policy policy.yaml --state verifier
  bad policy.yaml 3 verify evidence evidence.json --release release.json --policy @ --state verifier
  check 4 'missing evidence' verify fleet "$work/none" $fleet --out "$out"
  check 2 'neither state nor recorded' verify fleet evidence.json --release release.json --policy policy.yaml --out "$out"
  check 2 'records in no folder' verify fleet evidence.json $fleet --enrolments release.json --out "$out"
  check 1 'no enrolment record' verify fleet evidence.json $fleet
  bad release.json 3 verify fleet evidence.json --release @ --policy policy.yaml --recorded --out "$out"
  bad policy.yaml 3 verify fleet evidence.json --release release.json --policy @ --recorded --out "$out"
  bad $boot/db.esl 3 verify fleet evidence.json $fleet --crl @ --out "$out"
  changed release.json 3 verify fleet evidence.json $fleet --out @ --resume
  existing verify fleet evidence.json $fleet --out "$out"
  existing verify fleet evidence.json $fleet --html "$out"
  bad policy.yaml 3 verify policy check @
  bad boot.efi 3 verify artifact @ --as uefi $vars
  bad OVMF_VARS.fd 3 verify artifact boot.efi --as uefi --vars @
  bad eventlog.bin 3 measure log @
  bad eventlog.bin 3 measure replay @
  bad eventlog.bin 3 measure diff @ eventlog.bin
  check 2 'no such bank' measure diff eventlog.bin eventlog.bin --bank md5
  check 1 'a log that leads to other PCR values' measure replay eventlog.bin --pcrs "$work/pcrs"
  bad boot.efi 3 measure uki @
  bad "$work/boot.yaml" 3 measure predict @
  existing measure predict "$work/boot.yaml" -o "$out"
  bad eventlog.bin 3 measure predict "$work/boot.yaml" --log @
  for family in ima/good.bin ima/good-ascii.txt cel/tlv.bin cel/systemd.log; do
    head -c "$(($(wc -c <"$vectors/$family") - 1))" "$vectors/$family" >"$work/input"
    with 3 'a byte less' measure "${family%%/*}" @
  done
  check 4 'missing log' measure ima "$work/none"
  check 4 'missing log' measure cel "$work/none"
  check 1 'another PCR value' measure ima "$vectors/ima/good.bin" --summary --pcr-value "sha256:$zeros"

  check 2 'a TPM of another machine' measure pcr read --tcti mssim:host=192.0.2.1
  check 2 'a nonce that is no hex' measure quote --ak 0x81010001 --nonce xyz --pcrs sha256:7 -m "$out" -s "$work/sig" $none
  check 4 'no TPM' measure quote --ak 0x81010001 --nonce 00 --pcrs sha256:7 -m "$out" -s "$work/sig" $none
  check 4 'no TPM' measure ek $none
  check 4 'no TPM' measure ak create -u "$out" -r "$work/private" $none
  check 4 'no TPM' measure nv list $none
  check 4 'no TPM' measure seal request.json --pcrs sha256:7 -o "$out" $none
  check 2 'nothing that guards the secret' measure seal request.json -o "$out" $none
  bad "$work/boot.yaml" 3 measure unseal @ -o "$out" $none

  existing device init --store "$out" --roots pki/certs/software-root.pem
  check 4 'missing container' device install "$work/none" --store store
  check 4 'missing store' device start web --store "$work/none" --tcti "swtpm:path=$work/none"
}

echo "$checks commands with bad input, $wrong not as expected"
[ "$wrong" = 0 ]
