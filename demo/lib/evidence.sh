# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts do with the files themselves: read a value out of JSON, and forge evidence.
# Uses machine.sh, whose $tpm_socket and $tpm_pid are the TPM served last.
tpm_socket=${tpm_socket-} tpm_pid=${tpm_pid-}

# json_string FILE NAME: the first string of that name. (Enough for our own documents; they hold no escapes.)
json_string() {
  tr -d '\n' <"$1" | grep -o "\"$2\" *: *\"[^\"]*\"" | head -n 1 | sed 's/.*: *"//; s/"$//'
}

# release_pcr RELEASE N: the value predicted for PCR N in the signed payload.
release_pcr() {
  json_string "$1" payload | base64 -d 2>/dev/null | tr -d ' \n' \
    | awk -v RS='"pcr":' -v pcr="$2" 'index($0, pcr ",") == 1 { print; exit }' \
    | grep -o '"value":"[^"]*"' | head -n 1 | sed 's/.*"value":"//; s/^sha256://; s/"$//'
}

# evidence_pcr EVIDENCE N: the value that the evidence claims.
evidence_pcr() { json_string "$1" "$2"; }

# evidence_log EVIDENCE: the firmware's event log.
evidence_log() { json_string "$1" tcg | base64 -d; }

# evidence_edit_log EVIDENCE DIGEST: the evidence with another digest in its place in the event log.
evidence_edit_log() {
  case $2 in
    0*) edited=1${2#?} ;;
    *) edited=0${2#?} ;;
  esac
  log=$(evidence_log "$1" | od -An -v -tx1 | tr -d ' \n')
  case $log in *"$2"*) ;; *) return 1 ;; esac
  log=$(printf '%s' "$log" | sed "s/$2/$edited/g" | "$BUSYBOX" xxd -r -p | base64 -w 0)
  sed "s|\"tcg\":\"[^\"]*\"|\"tcg\":\"$log\"|" "$1"
}

# evidence_by_other_tpm EVIDENCE STATE NONCE: the evidence with the quote of another TPM, whose PCRs were brought
# to the same values by replaying the event log. Everything is right but the key.
evidence_by_other_tpm() {
  work=$(mktemp -d)
  tpm_serve other "$2" || return 1
  evidence_log "$1" >"$work/log"
  # PCR:sha256=DIGEST for each event that was extended.
  extends=$(tpm2_eventlog "$work/log" 2>/dev/null | awk '
    $1 == "PCRIndex:" { pcr = $2 }
    $1 == "EventType:" { type = $2 }
    $2 == "AlgorithmId:" { algorithm = $3 }
    $1 == "Digest:" && algorithm == "sha256" && type != "EV_NO_ACTION" { gsub(/"/, "", $2); print pcr ":sha256=" $2 }')
  (
    set -e
    exec 2>"$work/err"
    export TPM2TOOLS_TCTI="swtpm:path=$tpm_socket"
    # shellcheck disable=SC2086 # words
    tpm2_pcrextend $extends
    tpm2_createek -Q -G rsa -c "$work/ek.ctx"
    tpm2_flushcontext -t
    tpm2_createak -Q -C "$work/ek.ctx" -G ecc256 -g sha256 -s ecdsa -c "$work/ak.ctx"
    tpm2_flushcontext -t
    tpm2_quote -Q -c "$work/ak.ctx" -l sha256:0,1,2,3,4,5,6,7,8,9,11,12,13,14 -q "$3" -g sha256 \
      -m "$work/attest" -f tss -s "$work/signature"
  ) || { cat "$work/err" >&2; return 1; }
  machine_end_pid "$tpm_pid"
  sed "s|\"attest\":\"[^\"]*\"|\"attest\":\"$(base64 -w 0 "$work/attest")\"|
    s|\"signature\":\"[^\"]*\"|\"signature\":\"$(base64 -w 0 "$work/signature")\"|" "$1"
  rm -rf "$work"
}
