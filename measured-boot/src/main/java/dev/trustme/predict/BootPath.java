// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureData;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One allowed way to boot: what firmware starts, and what that starts, with Secure Boot on.
 *
 * @param refusedOptions boot options that firmware tried before and that Secure Boot refused, first
 *     to last
 */
public record BootPath(String name, List<RefusedOption> refusedOptions, List<BootStep> steps) {
  /** Firmware starts a signed unified kernel image; the name in release manifests. */
  public static final String DIRECT_UKI = "direct-uki";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final int MAX_STEPS = 8;
  private static final int MAX_REFUSED = 64;

  public BootPath {
    refusedOptions = List.copyOf(refusedOptions);
    steps = List.copyOf(steps);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "path name: expected lower-case letters, digits, '-' and '.', found " + name);
    }
    if (steps.isEmpty() || steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException(
          "path %s: %d steps, expected 1 to %d".formatted(name, steps.size(), MAX_STEPS));
    }
    if (refusedOptions.size() > MAX_REFUSED) {
      throw new IllegalArgumentException(
          "path %s: %d refused options, at most %d"
              .formatted(name, refusedOptions.size(), MAX_REFUSED));
    }
  }

  /**
   * A boot option that Secure Boot refused. The authority of an image is measured even if dbx then
   * refuses it.
   *
   * @param verifiedBy the data of the entry in db that verifies the image; empty where none does
   */
  public record RefusedOption(Optional<Bytes> verifiedBy) {}

  /** Firmware starts the image from its first boot option, without shim or boot loader. */
  public static BootPath directUki(PeImage uki, SignatureData authority) {
    var step = new BootStep.UnifiedImage(uki, Optional.of(authority.signatureData()));
    return new BootPath(DIRECT_UKI, List.of(), List.of(step));
  }

  /** Whether some step is of that kind. */
  boolean has(Class<? extends BootStep> kind) {
    return steps.stream().anyMatch(kind::isInstance);
  }

  /**
   * Whether a boot option's data names an initrd: Linux measures only an initrd that a boot loader
   * or a stub hands over (LoadFile2).
   */
  public boolean loadsUnmeasuredInitrd() {
    return steps.stream()
        .anyMatch(step ->
            step instanceof BootStep.Kernel kernel
                && kernel.options() instanceof BootStep.BootOption option
                && (" " + option.text()).contains(" initrd="));
  }
}
