// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import picocli.CommandLine.Command;

/** {@code sign signature}: the signatures that files carry, without any key. */
@Command(
    name = "signature",
    description = {
      "Show, take off, take out and put in the signatures that EFI programs and kernel modules"
          + " carry.",
      "",
      "No key is used. A signature that is taken out is a DER file as sbattach, osslsigncode and"
          + " sign-file read it; one is put in only if it was made for this very file. Files called"
          + " .ko, .ko.gz, .ko.xz and .ko.zst are modules; all others are programs."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign signature show boot.efi",
      "  trustme sign signature detach boot.efi -o boot.p7",
      "  trustme sign signature insert vmlinuz.efi --signature vmlinuz.p7 -o vmlinuz.signed",
      "  trustme sign signature remove boot.efi --index 2 --in-place",
      "  trustme sign signature insert dummy.ko.xz --signature dummy.p7s --cert module.pem -o signed.ko.xz"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      SignatureShowCommand.class,
      SignatureRemoveCommand.class,
      SignatureDetachCommand.class,
      SignatureInsertCommand.class
    })
final class SignatureCommand {}
