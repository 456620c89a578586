// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;

/**
 * What shim's own variables hold (namespace {@link dev.trustme.uefi.EfiGuid#SHIM_LOCK}) when the
 * machine starts: signature lists in MokList and MokListX, text in SbatLevel; empty where the
 * variable does not exist.
 *
 * @param mokListTrusted the variable MokListTrusted exists. shim 16 reads it inverted: only where
 *     it does not exist does it tell the kernel to trust MokList, and measures that
 */
public record ShimVariables(
    Bytes mokList, Bytes mokListX, Bytes sbatLevel, boolean mokListTrusted) {

  /** A machine on which shim never kept anything. */
  public static final ShimVariables NONE =
      new ShimVariables(Bytes.empty(), Bytes.empty(), Bytes.empty(), false);
}
