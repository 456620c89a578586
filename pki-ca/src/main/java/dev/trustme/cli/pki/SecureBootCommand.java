// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki secure-boot}: what UEFI firmware and shim trust, in files and variable stores. */
@Command(
    name = "secure-boot",
    description = {
      "Read, make, sign and check PK, KEK, db, dbx and shim's MokList.",
      "",
      "Files are signature lists (.esl), signed updates (.auth), files of efivarfs, and variable"
          + " stores of OVMF (.fd). The PKI folder's secure-boot/ holds what this PKI enrols; 'update',"
          + " 'revoke' and 'rotate' change it, sign with PK or KEK and write lines in the signing log."
    },
    footer = {
      "",
      "Examples:",
      "  trustme pki secure-boot show pki/secure-boot/db.auth",
      "  trustme pki secure-boot revoke --pki pki --image old.efi --append dbx-append.auth",
      "  trustme pki secure-boot verify db.auth --pki pki"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {
      SecureBootShowCommand.class,
      SecureBootDiffCommand.class,
      SecureBootListsCommand.class,
      SecureBootUpdateCommand.class,
      SecureBootRevokeCommand.class,
      SecureBootRotateCommand.class,
      SecureBootVerifyCommand.class,
      SecureBootEditCommand.class,
      SecureBootExtractCommand.class
    })
final class SecureBootCommand {}
