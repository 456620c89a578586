// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;

/**
 * A boot by the path {@code direct-uki}: firmware starts a signed unified kernel image from a boot
 * option, without shim or boot loader, with Secure Boot on.
 *
 * @param uki the image as it is signed, on systemd's stub
 * @param authority the entry of db that verifies the image: which one that is takes knowledge of
 *     signatures, so the caller says it
 */
public record BootDescription(PeImage uki, SecureBootVariables variables, SignatureData authority) {
  /** The name of the path in release manifests. */
  public static final String PATH = "direct-uki";

  /** The moment that the values hold at: before userspace measured anything. */
  public static final String PHASE = "kernel";
}
