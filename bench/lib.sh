# shellcheck shell=sh disable=SC2034,SC2154 # used by, and set by, other scripts
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# What the benches share. Sets home, trustme, java; makes an empty folder, enters it, and removes it at the end.
# Needs $0 to be a script of this folder.

home=$(cd "$(dirname "$0")/.." && pwd)
trustme=$home/trustme
bench_name=$(basename "$0")

# bench_needs TOOL... -- PACKAGE...
bench_needs() {
  while [ "$1" != -- ]; do
    command -v "$1" >/dev/null || { tool=$1; while [ "$1" != -- ]; do shift; done; shift
      echo "bench: needs $tool: apt-get install $*" >&2; exit 2; }
    shift
  done
}

# bench_begin: the first call builds, where there is no build yet; none is made while the clock runs
bench_begin() {
  "$trustme" sign --version >/dev/null
  export TRUSTME_NO_REBUILD=1
  java=$("$trustme" java)
  read -r bench_build <"$home/build/current"
  bench_lib=$home/build/$bench_build/lib
  work=$(mktemp -d "${TMPDIR:-/var/tmp}/trustme-bench.XXXXXX")
  trap 'cd / && rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  cd "$work" || exit 4
  [ "$bench_name" = verity ] || {
    # shellcheck source=/dev/null
    . "$home/demo/lib/inputs.sh"
    inputs_fetch
  }
}

# bench_pki KEY: pki/ with a role for modules and boot images, its keys not encrypted, for peers that ask for none
bench_pki() {
  cat >"profile-$1.yaml" <<PROFILE
schema: trustme/profile/1
subject: {country: DE, organization: Bench}
authorities:
  root:    {key: ec-p384, years: 20, path-length: 1}
  signing: {issuer: root, key: ec-p384, years: 10, path-length: 0, issues: [uefi-db, kernel-module]}
roles:
  boot:   {issuer: signing, key: $1, years: 5, use: [uefi-db, kernel-module]}
  module: {issuer: signing, key: $1, years: 5, use: [kernel-module]}
PROFILE
  "$trustme" pki init -q --profile "profile-$1.yaml" --plaintext-keys -o "pki-$1"
}

# bench_modules COUNT: modules/ with so many of Debian's, as they were before Debian signed them
bench_modules() {
  find "$input_tree/lib/modules" -name '*.ko.xz' | sort | head -n "$1" >list
  mkdir packed
  while read -r file; do xz -dc "$file" >"packed/$(basename "$file" .xz)"; done <list
  "$trustme" sign modules packed --strip -q -o modules >/dev/null
  rm -r packed
  bench_found=$(find modules -name '*.ko' | wc -l)
  [ "$bench_found" -eq "$1" ] || { echo "bench: found $bench_found modules of $1" >&2; exit 4; }
}

# bench_fleet: classes/ with the programs that make and judge a fleet, which are several files
bench_fleet() {
  "${java%/java}/javac" -proc:none -d classes -cp "$bench_lib/*" "$home"/bench/Fleet*.java "$home/bench/Judgements.java"
}

# fleet_program HEAP PROGRAM ARGUMENT...
fleet_program() {
  bench_heap=$1
  shift
  "$java" -XX:+UseSerialGC "-Xmx$bench_heap" --enable-native-access=ALL-UNNAMED -cp "classes:$bench_lib/*" "$@"
}

# beside ROUNDS NAME COMMAND...
beside() {
  "$java" -XX:TieredStopAtLevel=1 "$home/bench/Beside.java" "$@"
}
