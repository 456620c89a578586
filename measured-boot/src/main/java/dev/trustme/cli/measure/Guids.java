// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.uefi.EfiGuid;

/** Names of well-known GUIDs, for people. */
final class Guids {
  private Guids() {}

  /** The name, or the GUID itself. */
  static String name(EfiGuid guid) {
    return switch (guid.toString()) {
      case "8be4df61-93ca-11d2-aa0d-00e098032b8c" -> "EFI_GLOBAL_VARIABLE";
      case "d719b2cb-3d3a-4596-a3bc-dad00e67656f" -> "EFI_IMAGE_SECURITY_DATABASE";
      case "605dab50-e046-4300-abb6-3dd810dd8b23" -> "SHIM_LOCK";
      case "77fa9abd-0359-4d32-bd60-28f4e78f784b" -> "Microsoft";
      case "a5c059a1-94e4-4aa7-87b5-ab155c2bf072" -> "x509";
      case "c1c41626-504c-4092-aca9-41f936934328" -> "sha256";
      case "ff3e5307-9fd0-48c9-85f1-8ad56c701e01" -> "sha384";
      case "093e0fae-a6c4-4f50-9f1b-d41e2b89c19a" -> "sha512";
      case "826ca512-cf10-4ac9-b187-be01496631bd" -> "sha1";
      case "3bd2a492-96c0-4079-b420-fcf98ef103ed" -> "x509-sha256";
      case "7076876e-80c2-4ee6-aad2-28b349a6865b" -> "x509-sha384";
      case "446dbf63-2502-4cda-bcfa-2465d2b0fe9d" -> "x509-sha512";
      case "3c5766e8-269c-4e34-aa14-ed776e85b3b6" -> "rsa2048";
      case "eb9d2d30-2d88-11d3-9a16-0090273fc14d" -> "ACPI 1.0";
      case "8868e871-e4f1-11d3-bc22-0080c73c8881" -> "ACPI 2.0";
      case "eb9d2d31-2d88-11d3-9a16-0090273fc14d" -> "SMBIOS";
      case "f2fd1544-9794-4a2c-992e-e5bbcf20e394" -> "SMBIOS 3";
      default -> guid.toString();
    };
  }
}
