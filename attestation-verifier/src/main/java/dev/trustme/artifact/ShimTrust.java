// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.uefi.SbatRevocations;
import dev.trustme.uefi.SignatureList;
import java.util.List;
import java.util.Optional;

/**
 * What a shim goes by: firmware's lists, its own certificate with MokList, its own list of what is
 * refused with MokListX, and the SBAT level in force. shim 16, MokVars.txt and SBAT.md.
 *
 * @param mokList shim's vendor certificate, then MokList
 * @param mokListX shim's vendor dbx, then MokListX
 * @param level empty where no level is known, so that generations are not judged
 * @param loadedByShim the second stage, which must have a section .sbat; false for an image that
 *     another program asks shim about, such as a kernel that GRUB starts
 */
public record ShimTrust(
    SignatureDatabase firmware,
    List<SignatureList> mokList,
    List<SignatureList> mokListX,
    Optional<SbatRevocations> level,
    boolean loadedByShim) {
  public ShimTrust {
    mokList = List.copyOf(mokList);
    mokListX = List.copyOf(mokListX);
  }
}
