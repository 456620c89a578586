#!/bin/sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes the guest's root tree: busybox, tpm2-tools, network modules, test modules, stage2 as /sbin/init.
# usage: BUSYBOX=… layer.sh KERNEL-TREE OUT-DIRECTORY [TEST-MODULE...]
# The test modules (signed.ko and others) are one module with different signatures, tried when asked to.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/modules.sh"
. "$here/tree.sh"
kernel=$1 root=$2
shift 2

mkdir -p "$root"
for directory in dev etc proc run sbin sys tmp; do mkdir -p "$root/$directory"; done
tree_busybox "$root"

# tpm2-tools is one program under many names. Its way to the TPM is a library that it opens by name.
tree_program "$root" "$(command -v tpm2)"
for name in createek createak create load send sign readpublic evictcontrol getcap nvread nvdefine nvundefine \
  nvwrite quote readclock startauthsession policysecret activatecredential flushcontext; do
  ln -sf tpm2 "$root/bin/tpm2_$name"
done
device=$(find /usr/lib /lib -name 'libtss2-tcti-device.so.0' | head -n 1)
tree_copy "$root" "$device"
tree_libraries "$root" "$device"

modules_install "$kernel" "$root/lib/trustme" virtio_net efivarfs
mkdir -p "$root/lib/trustme-modules"
for module in "$@"; do cp "$module" "$root/lib/trustme-modules/"; done

cp "$here/stage2" "$root/sbin/init"
cp "$here/serve" "$root/sbin/serve"
chmod 755 "$root/sbin/init" "$root/sbin/serve"
tree_settle "$root"
