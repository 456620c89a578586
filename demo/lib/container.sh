#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes a small OCI image layout: one layer with a static busybox.
# usage: BUSYBOX=… container.sh OUT-DIRECTORY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../guest/tree.sh"
out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# blob FILE: into the layout, under the name of its digest; sets $digest and $size.
blob() {
  digest=$(sha256sum "$1" | cut -d ' ' -f 1) size=$(wc -c <"$1")
  mv "$1" "$out/blobs/sha256/$digest"
}

root=$work/root
for directory in dev etc proc sys tmp; do mkdir -p "$root/$directory"; done
tree_busybox "$root"
echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
tree_settle "$root"
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar -cf "$work/layer.tar" .

mkdir -p "$out/blobs/sha256"
diff_id=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
gzip -9 -n "$work/layer.tar"
blob "$work/layer.tar.gz"
layer=$digest layer_size=$size
cat >"$work/config" <<END
{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:$diff_id"]}}
END
blob "$work/config"
cat >"$work/manifest" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$digest","size":$size},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:$layer","size":$layer_size}]}
END
blob "$work/manifest"
echo '{"imageLayoutVersion":"1.0.0"}' >"$out/oci-layout"
cat >"$out/index.json" <<END
{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$digest","size":$size}]}
END
