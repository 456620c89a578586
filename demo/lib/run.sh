# shellcheck shell=sh disable=SC1091,SC2034,SC2154 # read by scripts that set and use names
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# The frame of a script that goes on from a finished demo. Needs here, the folder of the script.
#   run_in FOLDER WORK FILE...    enters the demo's folder, which must have these files, and makes WORK in it anew; $work
#   pass WORDS, fail WORDS        one line for each thing that is held against something; $wrong counts the failures

. "$here/lib/say.sh"
. "$here/lib/inputs.sh"
. "$here/lib/machine.sh"
. "$here/lib/actions.sh"
. "$here/lib/vars.sh"

started=$(date +%s)
wrong=0
trap machine_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# run_in FOLDER WORK FILE...
run_in() {
  cd "$1" || exit 4
  run_folder=$1 work=$2
  shift 2
  for file in "$@"; do
    [ -e "$file" ] || { echo "trustme: $run_folder has no $file; run the demo first" >&2; exit 4; }
  done
  rm -rf "$work"
  mkdir -p "$work/logs"
  say_logs=$work/logs
}

pass() { printf '   %sPASS%s  %s\n' "$say_green" "$say_off" "$*"; }
fail() {
  printf '   %sFAIL%s  %s\n' "$say_red" "$say_off" "$*"
  wrong=$((wrong + 1))
}
