// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import picocli.CommandLine.Command;

/** {@code pki key}: single keys, wherever they live. */
@Command(
    name = "key",
    description = {
      "Make, show and convert single keys: files, PKCS#12, PKCS#11 tokens, TPMs.",
      "",
      "A key is named by a reference:",
      "  FILE or file:FILE                 PKCS#8 in PEM",
      "  pkcs12:FILE[?alias=NAME]          PKCS#12",
      "  pkcs11:token=T;object=K?module-path=/…/lib.so   a token, RFC 7512",
      "  tpm2:0x81000001[?pass]            a TPM's persistent key; ?pass: with a secret",
      "  tpm2:FILE                         a TPM's key in a TSS2 PRIVATE KEY file"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {KeyShowCommand.class, KeyGenerateCommand.class, KeyConvertCommand.class})
final class KeyCommand {}
