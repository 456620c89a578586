# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Shows each command as a user would type it, with its time and one line of result.
#
#   step NUMBER TEXT                          a heading
#   run [-t PATTERN] [-o FILE] COMMAND...     must succeed; shows the first line of output (that matches PATTERN)
#   refused [-t PATTERN] COMMAND...           must be rejected (exit code 1), for the reason that matches PATTERN
#   note TEXT, expect WHAT SEEN WANTED, failed TEXT
# $say_logs is the folder for the full outputs.

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
  say_bold=$(printf '\033[1m') say_green=$(printf '\033[32m') say_red=$(printf '\033[31m') say_off=$(printf '\033[0m')
else
  say_bold='' say_green='' say_red='' say_off=''
fi
say_count=0 say_step=0 say_logs=${say_logs-}

step() {
  say_step=$1
  printf '\n%s%s  %s%s\n' "$say_bold" "$1" "$2" "$say_off"
}

note() { printf '             %s\n' "$*"; }

failed() {
  printf '%sFAILED%s in step %s: %s\n' "$say_red" "$say_off" "$say_step" "$*" >&2
  exit 1
}

# expect WHAT SEEN WANTED
expect() {
  [ "$2" = "$3" ] || failed "$1: expected $3, found $2"
}

# say_command WORDS...: quoted where a shell needs it, very long words cut. What happens in the machine has a ">".
say_command() {
  say_text='' say_prompt=\>
  case $1 in
    trustme) say_prompt=\$ ;;
    device) say_prompt=\$ && set -- trustme "$@" ;;
  esac
  for say_word in "$@"; do
    case $say_word in
      ?????????????????????????????????????????????????????????????????*) say_word=$(printf '%.60s…' "$say_word") ;;
      '' | *[!A-Za-z0-9_./:=@%+,-]*) say_word="'$say_word'" ;;
    esac
    say_text="$say_text $say_word"
  done
  printf '   %s%s\n' "$say_prompt" "$say_text"
}

# say_run: runs and times; sets $say_status and $say_log.
say_run() {
  say_pattern=. say_output=''
  while :; do
    case $1 in
      -t) say_pattern=$2 && shift 2 ;;
      -o) say_output=$2 && shift 2 ;;
      *) break ;;
    esac
  done
  say_count=$((say_count + 1))
  say_log=$say_logs/$(printf '%02d' "$say_count").log
  say_command "$@"
  say_status=0 say_from=$(date +%s%N)
  if [ -n "$say_output" ]; then
    "$@" >"$say_output" 2>"$say_log" || say_status=$?
  else
    "$@" >"$say_log" 2>&1 || say_status=$?
  fi
  say_time=$((($(date +%s%N) - say_from) / 10000000))
  say_time=$(printf '%d.%02d' $((say_time / 100)) $((say_time % 100)))
}

say_result() {
  say_line=$(grep -a -m 1 -e "$say_pattern" "$say_log" || grep -a -m 1 . "$say_log" || :)
  [ -z "$say_output" ] || say_line="$say_output, $(wc -c <"$say_output") bytes"
  printf '   %s%7s s%s %.140s\n' "$1" "$say_time" "$say_off" "${say_line#"${say_line%%[! ]*}"}"
}

# The command failed in another way than it may: show all it said.
say_wrong() {
  sed 's/^/     | /' "$say_log" >&2
  [ "$say_status" != 130 ] || exit 130
  failed "exit code $say_status, expected $1"
}

run() {
  say_run "$@"
  [ "$say_status" = 0 ] || say_wrong 0
  say_result "$say_green"
}

refused() {
  say_run "$@"
  [ "$say_status" = 1 ] || say_wrong '1 (rejected)'
  grep -q -e "$say_pattern" "$say_log" || { sed 's/^/     | /' "$say_log" >&2 && failed "not refused for $say_pattern"; }
  say_result "$say_red"
}
