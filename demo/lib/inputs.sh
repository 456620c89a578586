# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# The real inputs: Debian's 6.12 cloud kernel for Debian 12, the systemd EFI stub, the kernel's sign-file and a
# static busybox. They are downloaded and unpacked into a cache, never installed on this machine.
#
#   inputs_fetch        sets $input_tree (the kernel package), $input_kernel, $input_stub, $input_sign_file, $BUSYBOX
#   inputs_loaders      sets $input_shim and $input_systemd_boot, Debian's boot loaders before anybody signed them

inputs_cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/trustme

# inputs_kernel: the newest kernel package that apt knows.
inputs_kernel() {
  apt-cache pkgnames linux-image-6.12. | grep '+deb12-cloud-amd64$' | sort -V | tail -n 1
}

# inputs_unpack PACKAGE: $input_unpacked, the folder with its content, from the cache if it is there.
inputs_unpack() {
  version=$(printf '%s\n' "$inputs_versions" | sed -n "/^$1:\$/,/Candidate:/s/^ *Candidate: *//p")
  case $version in
    '' | '(none)')
      echo "trustme: apt knows no package $1; is this Debian 12 on amd64?" >&2
      return 1
      ;;
  esac
  input_unpacked=$inputs_cache/${1}_$(printf '%s' "$version" | tr ':/' '__')
  [ ! -d "$input_unpacked" ] || return 0
  part=$(mktemp -d "$inputs_cache/part.XXXXXX") || return 1
  # As root, apt would download as another user, who may not write here.
  if ! (cd "$part" && apt-get download -q -o APT::Sandbox::User=root "$1" >log 2>&1 && dpkg -x ./*.deb tree); then
    tail -n 3 "$part/log" >&2
    rm -rf "$part"
    return 1
  fi
  mv -T "$part/tree" "$input_unpacked" || [ -d "$input_unpacked" ] || return 1
  rm -rf "$part"
}

# inputs_fetch
inputs_fetch() {
  mkdir -p "$inputs_cache" || return 1
  if [ -z "$(inputs_kernel)" ]; then
    if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
  fi
  image=$(inputs_kernel)
  [ -n "$image" ] || { echo "trustme: apt knows no linux-image-6.12.*+deb12-cloud-amd64; is this Debian 12?" >&2; return 1; }
  release=${image#linux-image-}
  kbuild=linux-kbuild-${release%-cloud-amd64}
  inputs_versions=$(apt-cache policy "$image" "$kbuild" systemd-boot-efi busybox-static)

  inputs_unpack "$image" || return 1
  input_tree=$input_unpacked
  input_kernel=$input_tree/boot/vmlinuz-$release
  inputs_unpack "$kbuild" || return 1
  input_sign_file=$(find "$input_unpacked" -name sign-file | head -n 1)
  inputs_unpack systemd-boot-efi || return 1
  input_stub=$input_unpacked/usr/lib/systemd/boot/efi/linuxx64.efi.stub
  inputs_unpack busybox-static || return 1
  BUSYBOX=$input_unpacked/bin/busybox
  export BUSYBOX
  for file in "$input_kernel" "$input_sign_file" "$input_stub" "$BUSYBOX"; do
    [ -s "$file" ] || { echo "trustme: not in the packages as expected: $file" >&2; return 1; }
  done
}

# inputs_loaders (after inputs_fetch)
inputs_loaders() {
  inputs_versions=$(apt-cache policy shim-unsigned systemd-boot-efi)
  inputs_unpack shim-unsigned || return 1
  input_shim=$input_unpacked/usr/lib/shim/shimx64.efi
  inputs_unpack systemd-boot-efi || return 1
  input_systemd_boot=$input_unpacked/usr/lib/systemd/boot/efi/systemd-bootx64.efi
  for file in "$input_shim" "$input_systemd_boot"; do
    [ -s "$file" ] || { echo "trustme: not in the packages as expected: $file" >&2; return 1; }
  done
}
