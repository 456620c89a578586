// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import java.util.HashSet;
import java.util.List;

/** The ways in which a machine may boot, and the moments at which its PCRs are asked for. */
public record BootDescription(
    FirmwareVariables variables, List<BootPhase> phases, List<BootPath> paths) {
  public BootDescription {
    phases = List.copyOf(phases);
    paths = List.copyOf(paths);
    if (paths.isEmpty() || phases.isEmpty()) {
      throw new IllegalArgumentException("a boot description without paths or phases");
    }
    if (new HashSet<>(phases).size() < phases.size()
        || paths.stream().map(BootPath::name).distinct().count() < paths.size()) {
      throw new IllegalArgumentException("a path or phase comes twice");
    }
  }

  /**
   * A machine whose firmware starts a unified kernel image, at the phase {@code kernel}.
   *
   * @param authority the entry of db that verifies the image
   */
  public static BootDescription directUki(
      PeImage uki, SecureBootVariables variables, SignatureData authority) {
    return new BootDescription(
        new FirmwareVariables(variables, ShimVariables.NONE),
        List.of(BootPhase.KERNEL),
        List.of(BootPath.directUki(uki, authority)));
  }
}
