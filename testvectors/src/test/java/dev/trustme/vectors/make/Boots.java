// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import static dev.trustme.eventlog.TcgEventType.*;
import static dev.trustme.vectors.make.EventBytes.*;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.vectors.make.LogBuilder.Entry;
import java.util.List;

/** Whole boots as firmware, loaders, stubs and kernels log them. */
final class Boots {
  static final String COMMAND_LINE = "root=/dev/mapper/root ro quiet";
  static final long LOAD_OPTIONS = 0x8f3b22edL;
  static final long INITRD = 0x8f3b22ecL;

  private static final String CALLING = "Calling EFI Application from Boot Option";
  private static final String EXIT = "Exit Boot Services Invocation";
  private static final String EXITED = "Exit Boot Services Returned with Success";

  private Boots() {}

  /** From the firmware through a unified kernel image to the kernel. */
  static LogBuilder uki(LogBuilder log) {
    firmware(log);
    option(log, "\\EFI\\BOOT\\BOOTX64.EFI");
    authority(log, "db-authority", SECURITY, "db", signatureData());
    image(log, "uki", "\\EFI\\BOOT\\BOOTX64.EFI");
    sections(log, ".linux", ".osrel", ".cmdline", ".initrd");
    kernel(log);
    return log;
  }

  /** What is measured before the boot option: firmware, Secure Boot, boot variables. */
  static void firmware(LogBuilder log) {
    log.add("version", 0, EV_S_CRTM_VERSION, utf16z("vector 1.0"));
    log.add("pei", 0, EV_EFI_PLATFORM_FIRMWARE_BLOB, blob(0x820000, 0xe0000), object("PEI"));
    log.add("dxe", 0, EV_EFI_PLATFORM_FIRMWARE_BLOB, blob(0x900000, 0xe80000), object("DXE"));
    secureBoot(log, ON);
    log.add("separator-7", 7, EV_SEPARATOR, SEPARATOR);
    bootVariable(log, "BootOrder", Bytes.fromHex("0000"));
    bootVariable(log, "Boot0000", loadOption("Vector", "\\EFI\\BOOT\\BOOTX64.EFI"));
    log.add("tables", 1, EV_EFI_HANDOFF_TABLES, handoff(), object("SMBIOS"));
  }

  static void secureBoot(LogBuilder log, Bytes state) {
    config(log, GLOBAL, "SecureBoot", state);
    config(log, GLOBAL, "PK", certificateList());
    config(log, GLOBAL, "KEK", certificateList());
    config(log, SECURITY, "db", certificateList());
    config(log, SECURITY, "dbx", revocations());
  }

  static void config(LogBuilder log, String guid, String name, Bytes data) {
    log.add(name, 7, EV_EFI_VARIABLE_DRIVER_CONFIG, variable(guid, name, data));
  }

  /** Of boot variables the data alone is measured. */
  static void bootVariable(LogBuilder log, String name, Bytes data) {
    log.add(name, 1, EV_EFI_VARIABLE_BOOT, variable(GLOBAL, name, data), data);
  }

  static void authority(LogBuilder log, String label, String guid, String name, Bytes data) {
    log.add(label, 7, EV_EFI_VARIABLE_AUTHORITY, variable(guid, name, data));
  }

  /** The boot option is announced, and the firmware's PCRs are closed. */
  static void option(LogBuilder log, String file) {
    log.add("calling", 4, EV_EFI_ACTION, Bytes.utf8(CALLING));
    for (int pcr = 0; pcr < 7; pcr++) {
      log.add("separator-" + pcr, pcr, EV_SEPARATOR, SEPARATOR);
    }
    log.add("gpt", 5, EV_EFI_GPT_EVENT, gpt());
  }

  static void image(LogBuilder log, String label, String file) {
    log.add(label, 4, EV_EFI_BOOT_SERVICES_APPLICATION, imageLoad(file), object(label));
  }

  /** systemd-stub: each section's name with its NUL, then its content. */
  static void sections(LogBuilder log, String... names) {
    for (String name : names) {
      section(log, name);
    }
  }

  static void section(LogBuilder log, String name) {
    log.add(name + " name", 11, EV_IPL, utf16z(name), Bytes.utf8(name + "\0"));
    Bytes content = name.equals(".cmdline") ? Bytes.utf8(COMMAND_LINE) : object(name);
    log.add(name, 11, EV_IPL, utf16z(name), content);
  }

  /** The kernel's own stub measures what it was given; then the firmware is left. */
  static void kernel(LogBuilder log) {
    tagged(log, "load-options", LOAD_OPTIONS, "LOADED_IMAGE::LoadOptions", utf16z(COMMAND_LINE));
    tagged(log, "initrd", INITRD, "Linux initrd", object("initrd"));
    exit(log);
  }

  private static void tagged(LogBuilder log, String label, long id, String text, Bytes measured) {
    log.add(label, 9, EV_EVENT_TAG, EventBytes.tagged(id, Bytes.utf8(text + "\0")), measured);
  }

  static void exit(LogBuilder log) {
    log.add("exit", 5, EV_EFI_ACTION, Bytes.utf8(EXIT));
    log.add("exited", 5, EV_EFI_ACTION, Bytes.utf8(EXITED));
  }

  /** systemd-boot starts the image, and measures the command line that it passes. */
  static LogBuilder systemdBoot(LogBuilder log) {
    firmware(log);
    option(log, "\\EFI\\systemd\\systemd-bootx64.efi");
    authority(log, "db-authority", SECURITY, "db", signatureData());
    image(log, "systemd-boot", "\\EFI\\systemd\\systemd-bootx64.efi");
    image(log, "uki", "\\EFI\\Linux\\vector.efi");
    log.add("cmdline-12", 12, EV_IPL, utf16z(COMMAND_LINE + " debug"));
    sections(log, ".linux", ".osrel", ".cmdline", ".initrd", ".uname", ".sbat");
    kernel(log);
    return log;
  }

  /** shim, its state in PCR 14, an image that a machine owner's key signed. */
  static LogBuilder shim(LogBuilder log) {
    firmware(log);
    option(log, "\\EFI\\BOOT\\shimx64.efi");
    authority(log, "db-authority", SECURITY, "db", signatureData());
    image(log, "shim", "\\EFI\\BOOT\\shimx64.efi");
    authority(log, "sbat-level", SHIM, "SbatLevel", Bytes.utf8("sbat,1,2024010900\nshim,4\n"));
    log.add("mok-list", 14, EV_IPL, Bytes.utf8("MokList\0"), certificateList());
    log.add("mok-list-x", 14, EV_IPL, Bytes.utf8("MokListX\0"), revocations());
    log.add("mok-list-trusted", 14, EV_IPL, Bytes.utf8("MokListTrusted\0"), ON);
    authority(log, "mok-authority", SHIM, "MokList", signatureData());
    image(log, "uki", "\\EFI\\BOOT\\grubx64.efi");
    sections(log, ".linux", ".osrel", ".cmdline", ".initrd");
    kernel(log);
    return log;
  }

  /** shim and GRUB: commands in PCR 8, files in PCR 9. */
  static LogBuilder grub(LogBuilder log) {
    firmware(log);
    option(log, "\\EFI\\BOOT\\shimx64.efi");
    authority(log, "db-authority", SECURITY, "db", signatureData());
    image(log, "shim", "\\EFI\\BOOT\\shimx64.efi");
    log.add("mok-list", 14, EV_IPL, Bytes.utf8("MokList\0"), certificateList());
    authority(log, "shim-authority", SHIM, "Shim", signatureData());
    image(log, "grub", "\\EFI\\BOOT\\grubx64.efi");
    log.add("grub.cfg", 9, EV_IPL, Bytes.utf8("(hd0,gpt1)/EFI/BOOT/grub.cfg\0"), object("cfg"));
    for (String command : List.of("set timeout=3", "linux /vmlinuz " + COMMAND_LINE)) {
      grubText(log, command, "grub_cmd: ", command);
    }
    image(log, "kernel", "\\vmlinuz");
    log.add("vmlinuz", 9, EV_IPL, Bytes.utf8("(hd0,gpt2)/vmlinuz\0"), object("kernel"));
    grubText(log, "kernel_cmdline", "kernel_cmdline: ", "/vmlinuz " + COMMAND_LINE);
    log.add("initrd-9", 9, EV_IPL, Bytes.utf8("(hd0,gpt2)/initrd.img\0"), object("initrd"));
    exit(log);
    return log;
  }

  /** GRUB logs a prefix and a NUL that it does not measure. */
  static void grubText(LogBuilder log, String label, String prefix, String text) {
    log.add(label, 8, EV_IPL, Bytes.utf8(prefix + text + "\0"), Bytes.utf8(text));
  }

  /** Something that is measured and is not in the log. */
  static Bytes object(String name) {
    return Bytes.utf8("vector: the content of " + name);
  }

  /** An entry that is put into a log later, measuring what it shows. */
  static Entry entry(LogBuilder like, String label, int pcr, TcgEventType type, Bytes data) {
    var model = like.entry("separator-0");
    return new Entry(label, pcr, type.value(), data, data, model.banks());
  }

  /** An entry that extends nothing. */
  static Entry silent(LogBuilder like, String label, int pcr, Bytes data) {
    var model = like.entry("separator-0");
    return new Entry(label, pcr, EV_NO_ACTION.value(), data, Bytes.empty(), model.banks());
  }
}
