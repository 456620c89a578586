// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
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
    var stub = SystemdStub.require(boot.uki());
    var firmware = new FirmwareEvents(boot, bank);
    return new Prediction(
        stub,
        bank,
        List.of(
            PredictedPcr.of(4, bank, firmware.bootManager()),
            PredictedPcr.of(7, bank, firmware.secureBoot()),
            PredictedPcr.of(9, bank, new KernelEvents(boot.uki(), bank).kernelInputs()),
            PredictedPcr.of(11, bank, SystemdStub.sections(boot.uki(), bank))));
  }

  public PredictedPcr pcr(int index) {
    return pcrs.stream()
        .filter(p -> p.pcr() == index)
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("PCR %d is not predicted".formatted(index)));
  }
}
