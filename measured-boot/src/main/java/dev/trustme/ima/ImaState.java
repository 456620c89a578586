// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.ima;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import java.util.Optional;

/**
 * How far a log was replayed, for going on later with the entries that follow. Bound to the boot:
 * after a reset the PCR begins anew, so the state of another boot is refused.
 *
 * @param pcr which PCR
 * @param entries of the PCR, from the first
 * @param value of the PCR after them
 * @param bootAggregate the digest of the log's first entry
 * @param resetCount of the TPM's clock in the quote, which every reset raises
 */
public record ImaState(
    String schema, int pcr, long entries, Digest value, Digest bootAggregate, long resetCount) {
  public static final String SCHEMA = "trustme/ima-state/1";

  public ImaState {
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema is " + schema + ", expected " + SCHEMA);
    }
    if (entries < 1 || pcr < 0 || pcr > 23) {
      throw new IllegalArgumentException("expected entries of a PCR from 0 to 23");
    }
  }

  public static ImaState parse(Bytes json) throws FormatException {
    return Json.read(json, ImaState.class, "IMA state");
  }

  public Bytes encode() {
    return Json.write(this);
  }

  /** Why a replay may not go on from here in this boot; empty if it may. */
  public Optional<String> refusal(Digest thisBootAggregate, long thisResetCount) {
    if (resetCount != thisResetCount) {
      return Optional.of(
          "the TPM was reset: resetCount %d, the state is of %d"
              .formatted(thisResetCount, resetCount));
    }
    if (!bootAggregate.equals(thisBootAggregate)) {
      return Optional.of(
          "the boot aggregate is %s, the state is of %s"
              .formatted(thisBootAggregate, bootAggregate));
    }
    return Optional.empty();
  }

  /** Goes on behind the entries that the state knows; see {@link #refusal}. */
  public ImaStart start() {
    return new ImaStart(pcr, ImaReplay.Rule.PER_BANK, value, entries, Optional.empty(), true);
  }
}
