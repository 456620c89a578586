# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# OVMF's variable store and signature lists, written byte by byte: what the suite reads was not written by itself.
#
#   esl_x509 OUT CERT.pem         a list with one certificate
#   esl_sha256 OUT HEX            a list with one digest
#   vars_new TEMPLATE OUT         an empty store; variables that the template holds are erased
#   vars_add OUT NAME VENDOR ATTRIBUTES FILE      one more variable; VENDOR: global, security, switch or shim

vars_owner=11111111222233334444555555555555

# vars_hex HEX: the bytes.
vars_hex() { printf '%s' "$1" | xxd -r -p; }

# vars_u32 N: four bytes, little-endian, in hex.
vars_u32() { printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }

# vars_list OUT TYPE FILE: an EFI_SIGNATURE_LIST with one entry.
vars_list() {
  size=$(($(wc -c <"$3") + 16))
  { vars_hex "$2$(vars_u32 $((size + 28)))00000000$(vars_u32 $size)$vars_owner" && cat "$3"; } >"$1"
}

esl_x509() {
  openssl x509 -in "$2" -outform DER -out "$1.data" && vars_list "$1" a159c0a5e494a74a87b5ab155c2bf072 "$1.data"
  rm -f "$1.data"
}

esl_sha256() {
  vars_hex "$2" >"$1.data" && vars_list "$1" 2616c4c14c509240aca941f936934328 "$1.data"
  rm -f "$1.data"
}

# The store begins after the volume's header, whose length is a 16-bit number at 48; its own header has 28 bytes.
vars_new() {
  cp "$1" "$2" && chmod u+w "$2"
  vars_at=$(($(od -An -j 48 -N 2 -tu2 --endian=little "$2") + 28))
  size=$(od -An -j $((vars_at - 12)) -N 4 -tu4 --endian=little "$2")
  head -c $((size - 28)) /dev/zero | tr '\0' '\377' | dd of="$2" bs=4096 seek="$vars_at" oflag=seek_bytes conv=notrunc 2>/dev/null
}

# AUTHENTICATED_VARIABLE_HEADER: start, state, attributes, counter, time, key, sizes, vendor; name and data follow,
# the next variable at a multiple of four.
vars_add() {
  case $3 in
    global) vendor=61dfe48bca93d211aa0d00e098032b8c ;;
    security) vendor=cbb219d73a3d9645a3bcdad00e67656f ;;
    switch) vendor=c70ba3f008af564599c4001009c93a44 ;;
    shim) vendor=50ab5d6046e00043abb63dd810dd8b23 ;;
  esac
  name=$(printf '%s' "$2" | sed 's/./&\n/g' | while IFS= read -r letter; do printf '%02x00' "'$letter"; done)0000
  time=$(vars_u32 0)$(vars_u32 0)$(vars_u32 0)$(vars_u32 0)
  [ $(($4 & 32)) = 0 ] || time=e8070101000000000000000000000000
  {
    vars_hex "aa553f00$(vars_u32 "$4")0000000000000000$time$(vars_u32 0)"
    vars_hex "$(vars_u32 $((${#name} / 2)))$(vars_u32 "$(wc -c <"$5")")$vendor$name"
    cat "$5"
  } >"$1.part"
  dd if="$1.part" of="$1" bs=4096 seek="$vars_at" oflag=seek_bytes conv=notrunc 2>/dev/null
  vars_at=$(((vars_at + $(wc -c <"$1.part") + 3) / 4 * 4))
  rm "$1.part"
}
