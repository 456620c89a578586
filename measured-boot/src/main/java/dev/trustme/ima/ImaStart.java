// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;

/**
 * Where a replay begins, what it looks for, and whether it holds the logged template hashes against
 * the data too. A PCR of another bank covers the data and not those hashes, so a replay against a
 * quote may leave them alone.
 *
 * @param value of the PCR before the first entry that is read
 * @param entries that led to that value
 * @param quoted a value of the PCR whose place in the log is wanted
 */
public record ImaStart(
    int pcr,
    ImaReplay.Rule rule,
    Digest value,
    long entries,
    Optional<Digest> quoted,
    boolean templateHashes) {
  public ImaStart {
    if (rule == ImaReplay.Rule.SHA1_PADDED && value.algorithm() == HashAlgorithm.SHA1) {
      throw new IllegalArgumentException("the SHA-1 bank is not padded");
    }
    if (quoted.isPresent() && quoted.get().algorithm() != value.algorithm()) {
      throw new IllegalArgumentException(
          "looks for a value of the bank " + quoted.get().algorithm().label());
    }
  }

  /** PCR 10 after a reset, hashed per bank. */
  public static ImaStart of(HashAlgorithm bank) {
    return new ImaStart(
        ImaReplay.DEFAULT_PCR,
        ImaReplay.Rule.PER_BANK,
        Digest.zero(bank),
        0,
        Optional.empty(),
        true);
  }

  public ImaStart withPcr(int other) {
    return new ImaStart(other, rule, value, entries, quoted, templateHashes);
  }

  public ImaStart withRule(ImaReplay.Rule other) {
    return new ImaStart(pcr, other, value, entries, quoted, templateHashes);
  }

  public ImaStart lookingFor(Digest other) {
    return new ImaStart(pcr, rule, value, entries, Optional.of(other), templateHashes);
  }

  public ImaStart withoutTemplateHashes() {
    return new ImaStart(pcr, rule, value, entries, quoted, false);
  }
}
