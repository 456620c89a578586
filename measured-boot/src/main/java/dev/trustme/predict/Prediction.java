// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.PeImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The PCRs that a boot description determines: 4 (boot manager), 7 (Secure Boot), 9 (what the
 * kernel was given), 11 (unified kernel image). The other PCRs depend on the firmware's own code
 * and settings.
 */
public record Prediction(StubVersion stub, HashAlgorithm bank, List<PredictedPcr> pcrs) {
  public Prediction {
    pcrs = List.copyOf(pcrs);
  }

  /** Refuses as malformed what would be measured in a way that is not known for certain. */
  public static Prediction of(BootDescription boot, HashAlgorithm bank) throws FormatException {
    if (boot.uki().certificates().isEmpty()) {
      throw new FormatException(
          "certificate table", 0, "the image is not signed: firmware will not start it");
    }
    List<PredictedPcr> pcrs = new ArrayList<>(ofImage(boot.uki(), bank));
    pcrs.add(PredictedPcr.of(7, bank, new FirmwareEvents(bank).secureBoot(boot)));
    pcrs.sort(Comparator.comparingInt(PredictedPcr::pcr));
    return new Prediction(StubVersion.of(boot.uki()), bank, pcrs);
  }

  /** What follows from the image alone, signed or not yet: PCR 4, 9 and 11. */
  public static List<PredictedPcr> ofImage(PeImage uki, HashAlgorithm bank) throws FormatException {
    SystemdStub.require(uki);
    return List.of(
        PredictedPcr.of(4, bank, new FirmwareEvents(bank).bootManager(uki)),
        PredictedPcr.of(9, bank, new KernelEvents(uki, bank).kernelInputs()),
        PredictedPcr.of(11, bank, SystemdStub.sections(uki, bank)));
  }

  public PredictedPcr pcr(int index) {
    return pcrs.stream()
        .filter(p -> p.pcr() == index)
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("PCR %d is not predicted".formatted(index)));
  }
}
