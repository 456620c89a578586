// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.TpmName;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsAttest.TpmsQuoteInfo;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.UnaryOperator;
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
   * @param rule how it must be signed
   * @param last what was last accepted of this device
   * @param tpm which TPM has to speak
   */
  record Demand(
      Nonce nonce,
      TpmsPcrSelection selection,
      QuoteRule rule,
      Policy.ClockRule clock,
      Optional<DeviceState> last,
      ExpectedTpm tpm) {}

  /**
   * What is known of the TPM.
   *
   * @param signer the qualified name of the attestation key, if an enrolment record tells it
   * @param floor the lowest firmware version, 16 hex digits
   */
  record ExpectedTpm(Optional<TpmName> signer, Floor floor) {
    /** Nothing is known and nothing demanded. */
    static final ExpectedTpm ANY = new ExpectedTpm(Optional.empty(), new Floor.None());
  }

  /** The lowest firmware version that counts. */
  sealed interface Floor {
    /** The policy demands none. */
    record None() implements Floor {}

    /** The policy has floors, but none for this TPM. */
    record Unknown() implements Floor {}

    /** 16 hex digits. */
    record Version(String hex) implements Floor {}
  }

  /**
   * The key that has to have signed.
   *
   * @param scheme the one of its public area
   */
  record Signer(AsymmetricKeyParameter key, TpmtScheme scheme) {}

  private final Demand demand;
  private final UnaryOperator<Check> grade;
  private final List<Check> checks = new ArrayList<>();

  QuoteVerifier(Demand demand) {
    this(demand, UnaryOperator.identity());
  }

  /** With what a policy makes of each check: a quote that it takes with a warning is taken. */
  QuoteVerifier(Demand demand, UnaryOperator<Check> grade) {
    this.demand = demand;
    this.grade = grade;
  }

  /**
   * Judges the quote.
   *
   * @param key the attestation key, if it is trusted; without it no signature holds
   */
  Verdict<VerifiedQuote> verify(
      Evidence.Quote quote, Optional<Signer> key, SortedMap<Integer, Digest> claimed)
      throws FormatException {
    TpmsAttest attest = TpmsAttest.parse(quote.attest());
    TpmtSignature signature = TpmtSignature.parse(quote.signature());
    madeByTpm(attest);
    signed(signature, key, quote.attest());
    signer(attest);
    checks.add(
        EvidenceCheck.QUOTE_NONCE.of(
            attest.extraData().equals(demand.nonce().value()),
            demand.nonce().hex(),
            attest.extraData().hex()));
    pcrs(attest, signature.hash(), claimed);
    clock(attest);
    firmware(attest);
    return Verdict.of(
        checks.stream().map(grade).toList(),
        () -> new VerifiedQuote(demand.selection().hash(), claimed, attest.clockInfo()));
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

  private void signed(TpmtSignature signature, Optional<Signer> key, Bytes attest) {
    checks.add(
        key.map(k -> scheme(signature, k))
            .orElseGet(() -> EvidenceCheck.QUOTE_SCHEME.fail("a trusted attestation key", "none")));
    checks.add(
        EvidenceCheck.QUOTE_HASH.of(
            demand.rule().allows(signature.hash()),
            demand.rule().hash().label() + " or stronger",
            signature.hash().label()));
    boolean holds = key.isPresent() && TpmSignatures.verify(key.get().key(), signature, attest);
    checks.add(
        EvidenceCheck.QUOTE_SIGNATURE.of(
            holds,
            "a signature of the certified attestation key",
            holds ? signature.sigAlg().name() : broken(signature)));
  }

  /** Enough of the signature to find it again. */
  private static String broken(TpmtSignature signature) {
    String value =
        switch (signature) {
          case TpmtSignature.Rsa rsa -> start(rsa.sig());
          case TpmtSignature.Ecdsa ecdsa ->
              "r %s, s %s".formatted(start(ecdsa.signatureR()), start(ecdsa.signatureS()));
        };
    return "%s %s, which does not hold".formatted(signature.sigAlg(), value);
  }

  private static String start(Bytes number) {
    return number.isEmpty() ? "empty" : number.slice(0, Math.min(number.size(), 8)).hex() + "…";
  }

  /** TPM 2.0 Part 1, 27.2: a restricted key signs in the scheme of its public area alone. */
  private Check scheme(TpmtSignature signature, Signer signer) {
    boolean own =
        signer.scheme().scheme() == signature.sigAlg()
            && signer.scheme().hash().equals(Optional.of(signature.hash()));
    boolean allowed = demand.rule().allows(signature.sigAlg());
    return EvidenceCheck.QUOTE_SCHEME.of(
        own && allowed && TpmSignatures.fits(signer.key(), signature),
        allowed
            ? "%s of a strong enough key in the certificate".formatted(words(signer.scheme()))
            : demand.rule().names(),
        words(TpmtScheme.of(signature.sigAlg(), signature.hash())));
  }

  private static String words(TpmtScheme scheme) {
    return scheme.scheme() + scheme.hash().map(h -> " with " + h.label()).orElse("");
  }

  /** TPM 2.0 Part 1, 16: the qualified name says under which parents the key lies. */
  private void signer(TpmsAttest attest) {
    var check = EvidenceCheck.QUOTE_SIGNER;
    checks.add(
        demand
            .tpm()
            .signer()
            .map(name ->
                check.of(
                    attest.qualifiedSigner().equals(name.encode()),
                    name.encode().hex(),
                    attest.qualifiedSigner().hex()))
            .orElseGet(() ->
                Check.notApplicable(
                    check.id(), "no trusted enrolment record tells the key's parents")));
  }

  private void firmware(TpmsAttest attest) {
    var check = EvidenceCheck.QUOTE_FIRMWARE;
    String seen = "%016x".formatted(attest.firmwareVersion());
    checks.add(
        switch (demand.tpm().floor()) {
          case Floor.None none ->
              Check.notApplicable(check.id(), "the policy demands no version, found " + seen);
          case Floor.Unknown unknown ->
              check.fail("a floor of the policy for this TPM's manufacturer", "none");
          case Floor.Version(String hex) ->
              check.of(
                  Long.compareUnsigned(attest.firmwareVersion(), Long.parseUnsignedLong(hex, 16))
                      >= 0,
                  hex + " or more",
                  seen);
        });
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
