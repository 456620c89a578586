#!/bin/sh
# Every test of the suite: ./trustme selftest [--no-boot]
# Installs the Debian packages it needs, builds, runs the unit tests, the vectors, the commands with
# bad input, the demo and the checks that need an emulated machine. Exit 0 only if all passed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/.." && pwd)
: "${TRUSTME:=$home/trustme}"
export TRUSTME

boot=yes
for argument; do
  case $argument in
    --no-boot) boot=no ;;
    -h | --help)
      sed -n '2,4s/^# //p' "$0"
      exit 0
      ;;
    *)
      echo "trustme: selftest: unknown option $argument" >&2
      exit 2
      ;;
  esac
done

# Where the corpus of other implementations' data lies beside the checkout, its tests run too.
if [ -z "${TRUSTME_CORPUS:-}" ] && [ -d "$home/../shared/corpus" ]; then
  TRUSTME_CORPUS=$(cd "$home/../shared/corpus" && pwd)
fi
if [ -n "${TRUSTME_CORPUS:-}" ]; then
  export TRUSTME_CORPUS
  echo "corpus: $TRUSTME_CORPUS"
else
  echo "corpus: none (TRUSTME_CORPUS is not set); the tests that need it are skipped by name"
fi

passed=0
failed=0
started=$(date +%s)
work=$(mktemp -d "${TMPDIR:-/tmp}/trustme-selftest.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# part NAME COMMAND...: runs it, says how long it took, counts it.
part() {
  name=$1
  shift
  part_started=$(date +%s)
  printf '\n=== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
    printf '=== %s: ok, %s s\n' "$name" "$(($(date +%s) - part_started))"
  else
    failed=$((failed + 1))
    printf '=== %s: FAILED, %s s\n' "$name" "$(($(date +%s) - part_started))"
  fi
}

maven_tests() {
  (cd "$home" && mvn -B -ntp verify >"$work/maven.log" 2>&1) || {
    grep -E 'Tests run:|ERROR|FAIL' "$work/maven.log" | head -100
    return 1
  }
  grep -E 'Tests run:.*(Skipped|Time)|WARN.*skipped|BUILD' "$work/maven.log" | tail -80
  # Where the corpus is there, a skipped test is a failure.
  if [ -n "${TRUSTME_CORPUS:-}" ] && grep -E 'Tests run:.*Skipped: [1-9]' "$work/maven.log"; then
    echo 'skipped tests, though everything they need is there'
    return 1
  fi
}

part 'packages' sh "$here/lib/packages.sh" "$here/packages.txt" "$here/packages-selftest.txt"
part 'shell scripts' sh "$here/selftest-scripts.sh"
part 'unit tests' maven_tests
part 'installation and start-up caches' "$TRUSTME" install-jars
part 'vectors' "$TRUSTME" vectors run --junit "$work/vectors.xml"
if [ "$boot" = yes ]; then
  part 'demo' sh "$here/demo.sh" --dir "$work/demo-run"
  part 'builds that sign' sh "$here/selftest-builds.sh" "$work/demo-run"
  part 'bad input to every command' sh "$here/selftest-commands.sh" "$work/demo-run"
  part 'Ctrl-C and a full disk' sh "$here/selftest-endings.sh" "$work/demo-run"
  part 'killed commands' sh "$here/selftest-kills.sh" 4
  part 'emulated machine' sh "$here/selftest-boot.sh" "$work/demo-run"
  part 'boot paths' sh "$here/selftest-paths.sh" "$work/demo-run"
  part 'verdicts' sh "$here/selftest-verdicts.sh" "$work/demo-run"
fi

printf '\nselftest took %s s\n' "$(($(date +%s) - started))"
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
