// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.eventlog.EventData.IplText;

/** Whose text an EV_IPL event holds and what was measured, by the conventions of each loader. */
public enum LoaderText {
  /** GRUB, PCR 8: a command of its script. */
  GRUB_COMMAND("GRUB command"),
  /** GRUB, PCR 8: the kernel's command line. */
  GRUB_KERNEL_COMMAND_LINE("kernel command line"),
  /** GRUB, PCR 8: a module's command line. */
  GRUB_MODULE_COMMAND_LINE("module command line"),
  /** GRUB, PCR 9: the content of the file that is named. */
  LOADED_FILE("file"),
  /** systemd-boot before 251, PCR 8: the kernel's command line. */
  LOADER_COMMAND_LINE("kernel command line"),
  /** systemd-stub, PCR 11: a section's name, or its content. */
  STUB_SECTION("section"),
  /** systemd-stub, systemd-boot, PCR 12: the command line, or credentials and the like. */
  STUB_PARAMETER("parameter"),
  /** systemd-stub, PCR 13: system extensions. */
  STUB_EXTENSION("extension"),
  /** shim, PCR 14: the content of the variable that is named. */
  SHIM_VARIABLE("shim variable"),
  /** Anything else. */
  OTHER("text");

  private final String label;

  LoaderText(String label) {
    this.label = label;
  }

  /** One or two words for people. */
  public String label() {
    return label;
  }

  /** By PCR and, where one loader measures several things there, by the text's first word. */
  public static LoaderText of(int pcrIndex, IplText data) {
    String text = data.text();
    return switch (pcrIndex) {
      case 8 -> {
        if (text.startsWith("grub_cmd")) {
          yield GRUB_COMMAND;
        }
        if (text.startsWith("kernel_cmdline:") || text.startsWith("grub_kernel_cmdline ")) {
          yield GRUB_KERNEL_COMMAND_LINE;
        }
        yield text.startsWith("module_cmdline:") ? GRUB_MODULE_COMMAND_LINE : LOADER_COMMAND_LINE;
      }
      case 9 -> LOADED_FILE;
      case 11 -> STUB_SECTION;
      case 12 -> STUB_PARAMETER;
      case 13 -> STUB_EXTENSION;
      case 14 -> SHIM_VARIABLE;
      default -> OTHER;
    };
  }

  /**
   * Where the measured part begins: behind a word of letters and underscores, perhaps a colon, and
   * one space; -1 if the data has no such head.
   */
  static int grubArgument(Bytes data) {
    int at = 0;
    while (at < data.size() && isWord(data.at(at))) {
      at++;
    }
    int end = at < data.size() && data.at(at) == ':' ? at + 1 : at;
    return at > 0 && end < data.size() && data.at(end) == ' ' ? end + 1 : -1;
  }

  private static boolean isWord(int c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
