# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Firmware as the judge of Secure Boot keys: systemd-boot enrols them in setup mode, then Linux hands signed updates
# to firmware, one after the other. Works in the folder and with the functions of selftest-paths.sh.
#
#   enrol_updates                 signed updates, right and wrong, into $work/updates
#   enrol_initramfs               $work/tell-updates.img, which hands them to firmware
#   enrol_boots                   three boots: enrolment, updates, refusal
# shellcheck disable=SC2034,SC2154 # variables of selftest-paths.sh, inputs.sh and machine.sh

# secure_boot VERB...: on the copy of the PKI whose keys are changed here.
secure_boot() {
  verb=$1
  shift
  trustme pki secure-boot "$verb" --pki "$work/pki" --pass-file pass "$@" >>"$work/logs/secure-boot.log" 2>&1 \
    || failed "secure-boot $verb: $(tail -n 2 "$work/logs/secure-boot.log")"
}

# by_efitools KEY OPTIONS... VARIABLE LISTS OUT: an update signed by sign-efi-sig-list.
by_efitools() {
  key=$1
  shift
  TZ=UTC sign-efi-sig-list -k "$key.key" -c "$key.pem" "$@" >>"$work/logs/secure-boot.log" 2>&1 \
    || failed "sign-efi-sig-list: $(tail -n 1 "$work/logs/secure-boot.log")"
}

# update FILE VARIABLE ATTRIBUTES taken|refused WHAT: the next one in the order.
update() {
  update_count=$((${update_count:-10} + 1))
  cp "$1" "$work/updates/${update_count}_$2_$3_$5"
  printf '%s %s\n' "${update_count}_$2_$3_$5" "$4" >>"$work/updates.expected"
}

enrol_updates() {
  rm -rf "$work/updates"
  mkdir "$work/updates"
  : >"$work/updates.expected"
  cp -r pki "$work/pki"
  keys=$work/pki/secure-boot
  cp "$keys/db.auth" "$work/db-first.auth"
  # The same key as a file without passphrase, for the other signer.
  openssl pkey -in "$work/pki/keys/KEK.pem" -passin file:pass -out "$work/kek.key" && cp "$keys/KEK.pem" "$work/kek.pem"
  cp foreign.key "$work/foreign.key" && cp foreign.pem "$work/foreign.pem"

  secure_boot update db --cert foreign.pem --append "$work/db-append.auth"
  cp "$keys/db.auth" "$work/db-second.auth"
  { head -c -1 "$keys/db.auth" && printf '\377'; } >"$work/db-byte.auth"
  by_efitools "$work/foreign" -t '2036-01-01 00:00:00' db "$keys/db.esl" "$work/db-foreign.auth"
  by_efitools "$work/kek" -t '2036-01-01 00:00:00' dbx "$keys/db.esl" "$work/db-as-dbx.auth"
  update "$work/db-first.auth" db 27 refused "the-same-time-stamp-again"
  update "$work/db-byte.auth" db 27 refused "the-last-byte-changed"
  update "$work/db-foreign.auth" db 27 refused "signed-by-a-stranger"
  update "$work/db-as-dbx.auth" db 27 refused "signed-as-dbx"
  update "$work/db-append.auth" db 27 refused "an-append-as-a-complete-update"
  update "$work/db-second.auth" db 67 refused "a-complete-update-as-an-append"
  update "$work/db-append.auth" db 67 taken "an-append-with-the-old-time-stamp"
  update "$work/db-second.auth" db 27 taken "a-complete-update"
  update "$work/db-second.auth" db 27 refused "the-complete-update-again"

  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/pk-2.key" -out "$work/pk-2.pem" -days 90 -subj '/CN=PK 2' \
    2>>"$work/logs/secure-boot.log" || failed "a second PK"
  esl_x509 "$work/pk-2.esl" "$work/pk-2.pem"
  secure_boot update PK --delete -o "$work/pk-clear.auth"
  by_efitools "$work/pk-2" -t '2036-01-01 00:00:00' PK "$work/pk-2.esl" "$work/pk-2-own.auth"
  update "$work/pk-2-own.auth" PK 27 refused "another-PK-that-PK-did-not-sign"
  update "$work/pk-clear.auth" PK 27 taken "no-PK-any-more"
  update "$keys/PK.auth" PK 27 taken "the-first-PK-enrolled-again"
  by_efitools "$work/kek" -a -t '2010-03-06 19:17:21' dbx "$work/foreign.esl" "$work/dbx-efitools.auth"
  secure_boot update dbx --merge "$work/foreign.esl" --append "$work/dbx-append.auth"
  cmp -s "$work/foreign.esl" "$keys/dbx.esl" || fail "dbx.esl is not what was merged"
  update "$work/dbx-append.auth" dbx 67 taken "the-first-dbx-as-an-append"
  update "$work/dbx-efitools.auth" dbx 67 taken "an-append-by-efitools"
  secure_boot revoke --image "$work/loader.efi"
  update "$keys/dbx.auth" dbx 27 taken "the-boot-loader-in-dbx-by-its-hash"
}

# The initramfs that tells, with the updates, and with what it needs to hand them over.
enrol_initramfs() {
  root=$work/root-updates
  mkdir -p "$root/vendors" "$root/bin"
  cp -r "$work/updates" "$root/updates"
  for name in PK KEK; do echo "/sys/firmware/efi/efivars/$name-8be4df61-93ca-11d2-aa0d-00e098032b8c" >"$root/vendors/$name"; done
  for name in db dbx; do echo "/sys/firmware/efi/efivars/$name-d719b2cb-3d3a-4596-a3bc-dad00e67656f" >"$root/vendors/$name"; done
  tree_program "$root" "$(command -v chattr)"
  modules_install "$input_tree" "$root/lib/trustme" efivarfs
  tree_settle "$root"
  { cat "$work/tell.img" && (cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n; } \
    >"$work/tell-updates.img"
}

# enrol_boot NAME VARS: the machine as it is after VARS, with a disk that can be written.
enrol_boot() {
  rm -rf "$work/tpm"
  cp -r "$work/tpm-new" "$work/tpm"
  say_step=$1
  from=$(date +%s)
  machine_esp_readonly=off
  machine_boot "$work/boot-$1" "$work/disk-$1" "$2" "$work/none.img" "$work/tpm" || failed "the machine does not start"
  machine_esp_readonly=on
}

enrol_boots() {
  empty=$work/empty.fd
  vars_new "${TRUSTME_OVMF_VARS:-/usr/share/OVMF/OVMF_VARS_4M.fd}" "$empty"
  printf 'timeout 0\nsecure-boot-enroll force\n' >"$work/loader-enrol.conf"
  boot=EFI/BOOT/BOOTX64.EFI keys=loader/keys/auto from_pki=pki/secure-boot
  disk enrol "$work/loader.efi=$boot" "$work/loader-enrol.conf=loader/loader.conf" "$from_pki/PK.auth=$keys/PK.auth" \
    "$from_pki/KEK.auth=$keys/KEK.auth" "$from_pki/db.auth=$keys/db.auth"
  disk enrolled "$work/loader.efi=$boot" "$work/uki-updates.efi=EFI/Linux/uki.efi" "$work/loader.conf=loader/loader.conf"
  disk revoked-loader "$work/loader.efi=$boot"

  enrol_boot enrol "$empty"
  deadline=$(($(date +%s) + 120))
  while kill -0 "$machine_qemu" 2>/dev/null && [ "$(date +%s)" -lt "$deadline" ]; do sleep 0.2; done
  machine_end_pid "$machine_qemu" && machine_end_pid "$machine_tpm"
  note "enrolment: $(($(date +%s) - from)) s"
  for name in PK KEK db; do
    if trustme pki secure-boot diff "$work/boot-enrol/vars.fd" "pki/secure-boot/$name.esl" --variable $name \
      >"$work/logs/diff" 2>&1; then
      pass "firmware enrolled $name"
    else
      fail "firmware's $name: $(cat "$work/logs/diff")"
    fi
  done

  enrol_boot enrolled "$work/boot-enrol/vars.fd"
  told "$work/boot-enrolled/serial.log" || failed "$machine_line"
  note "updates: $(($(date +%s) - from)) s"
  tr -d '\r' <"$work/boot-enrolled/serial.log" >"$work/enrolled.told"
  seen=$(sed -n 's/^PCR kernel sha256 7 //p' "$work/enrolled.told" | tr 'A-F' 'a-f')
  if grep -qx "kernel 7 sha256 $seen" "$work/systemd-boot.measured"; then
    pass "PCR 7 as on the store that was written: $seen"
  else
    fail "PCR 7 is $seen, but $(grep 'kernel 7 sha256' "$work/systemd-boot.measured") on the store that was written"
  fi
  while read -r name expected; do
    answer=$(sed -n "s/^UPDATE $name \\(.*\\), SetupMode.*/\\1/p" "$work/enrolled.told")
    case $expected.$answer in
      *. | refused.taken | taken.[!t]*) fail "$name: ${answer:-no answer}, expected $expected" ;;
      refused.*) pass "refused: $name ($answer)" ;;
      *) pass "taken: $name" ;;
    esac
  done <"$work/updates.expected"
  setup=$(sed -n 's/^UPDATE .*no-PK-any-more taken, SetupMode //p' "$work/enrolled.told")
  if [ "$setup" = 1 ]; then
    pass "setup mode without PK"
  else
    fail "SetupMode is '$setup' without PK"
  fi
  trustme pki secure-boot extract "$work/boot-enrolled/vars.fd" -o "$work/extracted" >"$work/logs/extract" 2>&1 \
    || fail "extract: $(cat "$work/logs/extract")"
  for name in PK KEK db dbx; do
    if cmp -s "$work/extracted/$name.esl" "$work/pki/secure-boot/$name.esl"; then
      pass "firmware holds the folder's $name, byte for byte"
    else
      fail "firmware's $name differs from the folder's"
    fi
  done

  enrol_boot revoked-loader "$work/boot-enrolled/vars.fd"
  machine_wait 120
  outcome=$? line=$machine_line
  machine_stop
  if [ "$outcome" = 1 ]; then
    pass "refused after the update of dbx: $line"
  else
    fail "not refused: $line"
  fi
  note "refusal: $(($(date +%s) - from)) s"
}
