// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Verdict;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Judges a quote alone: made by a TPM, signed by the key that the caller names, over this nonce and
 * these PCR values. It says nothing of whose key that is, what the values mean, or whether the
 * nonce is fresh.
 */
public final class QuoteJudge {
  private QuoteJudge() {}

  /**
   * The checks of {@link QuoteVerifier}, in its order. Values of more than one bank are refused.
   */
  public static Verdict<VerifiedQuote> judge(
      Evidence.Quote quote, QuoteKey key, Nonce nonce, QuotedPcrs values) throws FormatException {
    var selections = values.selection().pcrSelections();
    if (selections.size() != 1) {
      throw new FormatException(
          "quoted PCR values", 0, "of %d banks, expected one".formatted(selections.size()));
    }
    TpmsPcrSelection selection = selections.getFirst();
    SortedMap<Integer, Digest> claimed = new TreeMap<>();
    for (int i = 0; i < selection.pcrs().size(); i++) {
      claimed.put(selection.pcrs().get(i), values.digests().get(i));
    }
    var demand =
        new QuoteVerifier.Demand(
            nonce,
            selection,
            QuoteRule.ANY,
            Policy.ClockRule.ANY,
            Optional.empty(),
            QuoteVerifier.ExpectedTpm.ANY);
    var signature = TpmtSignature.parse(quote.signature());
    var signer = new QuoteVerifier.Signer(key.key(), key.schemeOf(signature));
    return new QuoteVerifier(demand).verify(quote, Optional.of(signer), claimed);
  }
}
