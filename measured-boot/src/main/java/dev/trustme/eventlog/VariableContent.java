// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.EfiLoadOption;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import java.util.List;

/**
 * What a measured UEFI variable holds. Well-known names count only with their vendor GUID: anybody
 * may call a variable {@code SecureBoot}.
 */
public sealed interface VariableContent {

  /** A variable that does not exist, or that is empty. */
  record Absent() implements VariableContent {}

  /** A switch of one byte, 0 or 1: SecureBoot, SetupMode, MokListTrusted. */
  record Flag(boolean value) implements VariableContent {}

  /** PK, KEK, db, dbx, MokList and the like. */
  record SignatureDatabase(List<SignatureList> lists) implements VariableContent {
    public SignatureDatabase {
      lists = List.copyOf(lists);
    }
  }

  /** The one entry of a database by which an image was allowed to run. */
  record Authority(SignatureData signature) implements VariableContent {}

  /** A certificate (DER) without the owner that should stand before it, as old shims log it. */
  record BareCertificate(Bytes der) implements VariableContent {}

  /** BootOrder and the like, BootNext: numbers of {@code Boot####}. */
  record BootOrder(List<Integer> options) implements VariableContent {
    public BootOrder {
      options = List.copyOf(options);
    }
  }

  /** Boot####, Driver####, SysPrep####. */
  record BootOption(EfiLoadOption option) implements VariableContent {}

  /** SbatLevel: lines of component, generation and date. shim, SBAT.md. */
  record SbatLevel(String text) implements VariableContent {}

  /** Any other variable. */
  record Raw(Bytes data) implements VariableContent {}

  /** A known variable that does not hold what it should. */
  record Malformed(Bytes data, String reason) implements VariableContent {}
}
