// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsAttest.TpmsQuoteInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * Whether a quote says what it must: in the order of TPM 2.0 Part 1, 31 ("Attestation"): made by a
 * TPM, a quote, signed by the certified key, over this nonce and these PCRs, and the claimed values
 * are the quoted ones. Every check runs, whatever the ones before it found.
 */
final class QuoteVerifier {
  /**
   * What is demanded of the quote.
   *
   * @param last what was last accepted of this device
   */
  record Demand(
      Nonce nonce,
      TpmsPcrSelection selection,
      Policy.ClockRule clock,
      Optional<DeviceState> last) {}

  private final Demand demand;
  private final List<Check> checks = new ArrayList<>();

  QuoteVerifier(Demand demand) {
    this.demand = demand;
  }

  /**
   * Judges the quote.
   *
   * @param key the attestation key, if it is trusted; without it no signature holds
   */
  Verdict<VerifiedQuote> verify(
      Evidence.Quote quote,
      Optional<AsymmetricKeyParameter> key,
      SortedMap<Integer, Digest> claimed)
      throws FormatException {
    TpmsAttest attest = TpmsAttest.parse(quote.attest());
    TpmtSignature signature = TpmtSignature.parse(quote.signature());
    madeByTpm(attest);
    signed(signature, key, quote.attest());
    checks.add(
        EvidenceCheck.QUOTE_NONCE.of(
            attest.extraData().equals(demand.nonce().value()),
            demand.nonce().hex(),
            attest.extraData().hex()));
    pcrs(attest, signature.hash(), claimed);
    clock(attest);
    return Verdict.of(
        checks, () -> new VerifiedQuote(demand.selection().hash(), claimed, attest.clockInfo()));
  }

  private void madeByTpm(TpmsAttest attest) {
    checks.add(
        EvidenceCheck.QUOTE_MAGIC.of(
            attest.magic() == TpmsAttest.TPM_GENERATED_VALUE,
            "%08x".formatted(TpmsAttest.TPM_GENERATED_VALUE),
            "%08x".formatted(attest.magic())));
    checks.add(
        EvidenceCheck.QUOTE_TYPE.of(
            attest.type() == TpmsAttest.TPM_ST_ATTEST_QUOTE,
            "TPM_ST_ATTEST_QUOTE (8018)",
            "%04x".formatted(attest.type())));
  }

  private void signed(TpmtSignature signature, Optional<AsymmetricKeyParameter> key, Bytes attest) {
    if (key.isEmpty()) {
      checks.add(EvidenceCheck.QUOTE_SCHEME.fail("a trusted attestation key", "none"));
    } else {
      checks.add(
          EvidenceCheck.QUOTE_SCHEME.of(
              TpmSignatures.fits(key.get(), signature),
              "the scheme and size of a strong enough key in the certificate",
              signature.sigAlg().name()));
    }
    checks.add(
        EvidenceCheck.QUOTE_HASH.of(
            signature.hash() != HashAlgorithm.SHA1,
            "sha256 or stronger",
            signature.hash().label()));
    boolean holds = key.isPresent() && TpmSignatures.verify(key.get(), signature, attest);
    checks.add(
        EvidenceCheck.QUOTE_SIGNATURE.of(
            holds,
            "a signature of the certified attestation key",
            holds ? signature.sigAlg().name() : "none that holds"));
  }

  private void pcrs(TpmsAttest attest, HashAlgorithm hash, SortedMap<Integer, Digest> claimed) {
    var wanted = demand.selection();
    if (!(attest.attested() instanceof TpmsQuoteInfo quote)) {
      checks.add(EvidenceCheck.QUOTE_SELECTION.fail(wanted.toString(), "no quote"));
      checks.add(EvidenceCheck.QUOTE_PCR_DIGEST.fail("a digest of PCR values", "no quote"));
      return;
    }
    checks.add(
        EvidenceCheck.QUOTE_SELECTION.of(
            quote.pcrSelect().pcrSelections().equals(List.of(wanted)),
            wanted.toString(),
            quote.pcrSelect().toString()));
    var claims = TpmsPcrSelection.of(wanted.hash(), claimed.keySet());
    checks.add(
        EvidenceCheck.QUOTE_PCR_VALUES.of(
            claims.equals(wanted), wanted.toString(), claims.toString()));
    // TPM 2.0 Part 3, 18.4: the digest is made with the hash of the signing scheme.
    Bytes[] values = claimed.values().stream().map(Digest::value).toArray(Bytes[]::new);
    Bytes digest = hash.digest(values).value();
    checks.add(
        EvidenceCheck.QUOTE_PCR_DIGEST.of(
            digest.equals(quote.pcrDigest()), quote.pcrDigest().hex(), digest.hex()));
  }

  private void clock(TpmsAttest attest) {
    var info = attest.clockInfo();
    String now = DeviceState.describe(info.resetCount(), info.restartCount(), info.clock());
    checks.add(
        EvidenceCheck.QUOTE_CLOCK.of(
            demand.last().map(last -> last.before(info)).orElse(true),
            demand.last().map(last -> "after " + last.counters()).orElse(""),
            now));
    checks.add(
        switch (demand.clock()) {
          case ANY ->
              Check.notApplicable(EvidenceCheck.QUOTE_SAFE.id(), "the policy takes any clock");
          case SAFE ->
              EvidenceCheck.QUOTE_SAFE.of(info.safe(), "safe", info.safe() ? "safe" : "not safe");
        });
  }
}
