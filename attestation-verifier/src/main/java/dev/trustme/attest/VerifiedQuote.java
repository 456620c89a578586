// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmsClockInfo;
import java.util.SortedMap;

/** PCR values that a trusted attestation key quoted; only {@link QuoteVerifier} makes one. */
public final class VerifiedQuote {
  private final HashAlgorithm bank;
  private final SortedMap<Integer, Digest> pcrs;
  private final TpmsClockInfo clockInfo;

  VerifiedQuote(HashAlgorithm bank, SortedMap<Integer, Digest> pcrs, TpmsClockInfo clockInfo) {
    this.bank = bank;
    this.pcrs = pcrs;
    this.clockInfo = clockInfo;
  }

  public HashAlgorithm bank() {
    return bank;
  }

  /** The quoted values, by PCR. */
  public SortedMap<Integer, Digest> pcrs() {
    return pcrs;
  }

  public TpmsClockInfo clockInfo() {
    return clockInfo;
  }
}
