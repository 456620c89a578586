# shellcheck shell=sh
# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# An emulated machine: QEMU (no KVM) with OVMF, Secure Boot and a software TPM.
# The caller sets `trap machine_end EXIT`; only processes started here are ever ended.
#
#   tpm_authority CA              CA of the TPM maker, CA/ek-roots.pem for enrolment
#   tpm_new CA STATE              a TPM with an endorsement certificate by that maker
#   tpm_serve NAME STATE          serves that TPM on the Unix socket $tpm_socket; TCTI swtpm:path=$tpm_socket
#   tpm_pcr N                     a sha256 PCR of the TPM on $tpm_socket
#   machine_boot NAME EFI VARS ROOT STATE     firmware boot; logs below NAME; EFI may be the folder of a whole disk;
#                                 $machine_esp_readonly=off for a boot loader that writes to it
#   machine_direct NAME KERNEL INITRD CMDLINE ROOT    kernel alone, no firmware, no TPM (3 s)
#   machine_wait [SECONDS]        until it is ready (0), refuses (1) or fails (2); $machine_line says what was seen
#   machine_ask WORDS...          one request to the guest, its answer on standard output
#   machine_stop                  power off, or end it

PATH=$PATH:/usr/sbin:/sbin
machine_pids='' machine_qemu='' machine_tpm='' machine_port='' machine_line='' machine_log='' machine_sockets=''
machine_folder='' machine_root=''
tpm_pid='' tpm_socket=''
machine_firmware=${TRUSTME_OVMF_CODE:-/usr/share/OVMF/OVMF_CODE_4M.secboot.fd}

# machine_socket NAME: sets $machine_path. Unix socket paths must be short, run folders need not be.
machine_socket() {
  [ -n "$machine_sockets" ] || machine_sockets=$(mktemp -d "${TMPDIR:-/tmp}/trustme.XXXXXX")
  machine_path=$machine_sockets/$1
  rm -f "$machine_path" "$machine_path.ctrl"
}

# tpm_authority CA
tpm_authority() {
  mkdir -p "$1"
  ca=$(cd "$1" && pwd)
  cat >"$ca/localca.conf" <<END
statedir = $ca
signingkey = $ca/signkey.pem
issuercert = $ca/issuercert.pem
certserial = $ca/certserial
END
  cat >"$ca/localca.options" <<END
--platform-manufacturer trustme
--platform-version 1.0
--platform-model demo
END
  cat >"$ca/setup.conf" <<END
create_certs_tool = $(command -v swtpm_localca)
create_certs_tool_config = $ca/localca.conf
create_certs_tool_options = $ca/localca.options
active_pcr_banks = sha256,sha1
END
}

# tpm_new CA STATE
tpm_new() {
  rm -rf "$2"
  mkdir -p "$2"
  swtpm_setup --tpm2 --tpmstate "$2" --config "$1/setup.conf" --create-ek-cert --lock-nvram --overwrite \
    --pcr-banks sha256,sha1 --logfile "$1/setup.log" >/dev/null 2>&1 \
    || { tail -n 5 "$1/setup.log" >&2; return 1; }
  cat "$1/issuercert.pem" "$1/swtpm-localca-rootca-cert.pem" >"$1/ek-roots.pem"
}

# tpm_serve NAME STATE: sets $tpm_pid too. (tpm2-tss expects the control socket at SOCKET.ctrl.)
tpm_serve() {
  machine_socket "$1"
  tpm_socket=$machine_path
  swtpm socket --tpm2 --tpmstate "dir=$2" --server "type=unixio,path=$tpm_socket" \
    --ctrl "type=unixio,path=$tpm_socket.ctrl" --flags not-need-init,startup-clear </dev/null >/dev/null 2>&1 &
  tpm_pid=$!
  machine_pids="$machine_pids $tpm_pid"
  machine_await "$tpm_pid" "$tpm_socket" || { echo "swtpm does not start" >&2; return 1; }
}

# tpm_pcr N: a PCR of the TPM on $tpm_socket.
tpm_pcr() {
  TPM2TOOLS_TCTI="swtpm:path=$tpm_socket" tpm2_pcrread "sha256:$1" | sed -n 's/.*0x//p' | tr 'A-F' 'a-f'
}

# machine_await PID SOCKET: until the process listens.
machine_await() {
  tries=0
  while [ "$tries" -lt 100 ]; do
    [ -S "$2" ] && return 0
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.05
    tries=$((tries + 1))
  done
  return 1
}

# machine_end_pid PID: asks, insists after two seconds, and collects it.
machine_end_pid() {
  kill "$1" 2>/dev/null || { wait "$1" 2>/dev/null; return 0; }
  tries=0
  while [ "$tries" -lt 20 ] && kill -0 "$1" 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -9 "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}

# machine_end: for the trap; nothing started here survives.
machine_end() {
  for pid in $machine_pids; do machine_end_pid "$pid"; done
  machine_pids='' machine_qemu='' machine_tpm=''
  [ -z "$machine_sockets" ] || rm -rf "$machine_sockets"
  machine_sockets=''
}

# machine_esp FILE EFI: a FAT image with EFI as the removable-media boot loader, or with the content of a folder.
machine_esp() {
  rm -f "$1"
  truncate -s 64M "$1"
  mkfs.vfat -F 32 -i 7472757a -n ESP "$1" >/dev/null
  if [ -d "$2" ]; then
    MTOOLS_SKIP_CHECK=1 mcopy -s -i "$1" "$2"/* ::/
    return
  fi
  MTOOLS_SKIP_CHECK=1 mmd -i "$1" ::/EFI ::/EFI/BOOT
  MTOOLS_SKIP_CHECK=1 mcopy -i "$1" "$2" ::/EFI/BOOT/BOOTX64.EFI
}

# machine_free_port: a port of 127.0.0.1 that nobody listens on at the moment.
machine_free_port() {
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    grep -qi ":$(printf '%04X' "$port") " /proc/net/tcp || break
  done
  printf '%s\n' "$port"
}

# machine_qemu LOG ROOT OPTIONS...: what both kinds of boot share. One processor: with two, the emulator lets one
# run code that the other is patching, and now and then the kernel dies of it (int3 in its own text).
machine_qemu() {
  machine_log=$1 machine_disk=$2
  shift 2
  attempt=0
  while [ "$attempt" -lt 5 ]; do
    machine_port=$(machine_free_port)
    : >"$machine_log"
    qemu-system-x86_64 -machine "q35,smm=on" -accel tcg -cpu max -smp 1 -m 1024 "$@" \
      -drive "if=none,id=root,format=raw,readonly=on,file=$machine_disk" -device virtio-blk-pci,drive=root,serial=root \
      -nic "user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:$machine_port-10.0.2.15:7000" \
      -display none -vga none -monitor none -serial "file:$machine_log" -no-reboot \
      </dev/null >"$machine_log.qemu" 2>&1 &
    machine_qemu=$!
    machine_pids="$machine_pids $machine_qemu"
    sleep 0.3
    kill -0 "$machine_qemu" 2>/dev/null && return 0
    # Somebody else may have taken the port meanwhile.
    grep -q 'host forwarding' "$machine_log.qemu" || break
    attempt=$((attempt + 1))
  done
  echo "QEMU does not start: $(tail -n 1 "$machine_log.qemu")" >&2
  return 1
}

# machine_boot NAME EFI VARS ROOT STATE
machine_boot() {
  machine_folder=$1 machine_root=$4
  mkdir -p "$machine_folder"
  machine_esp "$machine_folder/esp.img" "$2"
  cp "$3" "$machine_folder/vars.fd"
  chmod u+w "$machine_folder/vars.fd"
  machine_socket tpm
  socket=$machine_path
  swtpm socket --tpm2 --tpmstate "dir=$5" --ctrl "type=unixio,path=$socket" --terminate </dev/null \
    >"$machine_folder/tpm.log" 2>&1 &
  machine_tpm=$!
  machine_pids="$machine_pids $machine_tpm"
  machine_await "$machine_tpm" "$socket" \
    || { echo "swtpm does not start: $(tail -n 1 "$machine_folder/tpm.log")" >&2; return 1; }
  shift 5
  machine_qemu "$machine_folder/serial.log" "$machine_root" \
    -global driver=cfi.pflash01,property=secure,value=on \
    -drive "if=pflash,unit=0,format=raw,readonly=on,file=$machine_firmware" \
    -drive "if=pflash,unit=1,format=raw,file=$machine_folder/vars.fd" \
    -chardev "socket,id=tpm,path=$socket" -tpmdev emulator,id=tpm0,chardev=tpm -device tpm-crb,tpmdev=tpm0 \
    -drive "if=none,id=esp,format=raw,readonly=${machine_esp_readonly:-on},file=$machine_folder/esp.img" \
    -device virtio-blk-pci,drive=esp,serial=esp,bootindex=0 "$@"
}

# machine_direct NAME KERNEL INITRD CMDLINE ROOT
machine_direct() {
  mkdir -p "$1"
  machine_qemu "$1/serial.log" "$5" -kernel "$2" -initrd "$3" -append "$4"
}

# machine_wait [SECONDS]
machine_wait() {
  deadline=$(($(date +%s) + ${1:-300}))
  while :; do
    alive=yes
    kill -0 "$machine_qemu" 2>/dev/null || alive=''
    machine_line=$(tr -d '\r' <"$machine_log" | grep -a -o -m 1 \
      -e 'TRUSTME-READY.*' -e 'TRUSTME-REFUSED.*' -e 'TRUSTME-FAILED.*' -e 'BdsDxe: failed to load Boot.*Access Denied' \
      -e 'Kernel panic.*')
    case $machine_line in
      TRUSTME-READY*) return 0 ;;
      TRUSTME-REFUSED* | *'Access Denied') return 1 ;;
      ?*) return 2 ;;
    esac
    if [ -z "$alive" ]; then
      machine_line="QEMU ended: $(tail -n 1 "$machine_log.qemu")"
      return 2
    fi
    if [ "$(date +%s)" -ge "$deadline" ]; then
      machine_line="no sign of life after ${1:-300} s; see $machine_log"
      return 2
    fi
    sleep 0.2
  done
}

# machine_ask WORDS...
machine_ask() {
  answer=$(printf '%s\n' "$*" | timeout 60 "${BUSYBOX:-busybox}" nc 127.0.0.1 "$machine_port") || answer="ERROR the machine does not answer"
  case $answer in
    ERROR* | '')
      echo "the machine answers: ${answer:-nothing}" >&2
      return 1
      ;;
  esac
  printf '%s\n' "$answer"
}

# machine_stop: the guest's own power-off when it runs (the TPM wants to be shut down), else the plug.
machine_stop() {
  case $machine_line in
    TRUSTME-READY*) machine_ask poweroff >/dev/null 2>&1 ;;
    TRUSTME-REFUSED*) ;;
    *) machine_end_pid "$machine_qemu" ;;
  esac
  tries=0
  while [ "$tries" -lt 100 ] && kill -0 "$machine_qemu" 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
  done
  machine_end_pid "$machine_qemu"
  [ -z "$machine_tpm" ] || machine_end_pid "$machine_tpm"
  machine_qemu='' machine_tpm='' machine_line=''
}
