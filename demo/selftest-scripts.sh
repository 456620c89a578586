#!/bin/sh
# The suite's shell scripts hold to the shell's own rules.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
cd "$home"
for script in trustme .ci/run .ci/long bench/run testvectors/make-vectors signer/integration/sign-tree \
  signer/integration/mkosi/mkosi.finalize $(find demo -name '*.sh' | sort) demo/guest/stage1 demo/guest/stage2 demo/guest/serve demo/guest/tell; do
  [ -f "$script" ] || continue
  sh -n "$script"
  shellcheck -s sh -x "$script"
done
