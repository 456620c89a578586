#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes the initramfs: a static busybox, dmsetup with its libraries, five modules and stage1 as /init.
# usage: BUSYBOX=… initramfs.sh KERNEL-TREE OUT      (KERNEL-TREE: an unpacked linux-image package)
# Same inputs and SOURCE_DATE_EPOCH give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/modules.sh"
. "$here/tree.sh"
kernel=$1 out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

root=$work/root
mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/sysroot"
tree_busybox "$root"
tree_program "$root" "$(PATH=$PATH:/usr/sbin:/sbin command -v dmsetup)"
modules_install "$kernel" "$root/lib/trustme" virtio_blk dm-verity squashfs
cp "$here/stage1" "$root/init"
chmod 755 "$root/init"

tree_settle "$root"
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) | zstd -19 -q -T1 -f -o "$out.part"
mv "$out.part" "$out"
