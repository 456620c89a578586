// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a key says about the machine and about other keys. TPM 2.0 Part 3, 18. */
public final class Attestation {
  private static final int ATTEMPTS = 5;

  private final TssContext tss;

  Attestation(TssContext tss) {
    this.tss = tss;
  }

  /**
   * A signed statement.
   *
   * @param attest TPMS_ATTEST, the bytes that are signed
   */
  public record Statement(Bytes attest, TpmtSignature signature) {}

  /**
   * TPM2_Quote over these PCRs.
   *
   * @param nonce at most 64 bytes
   * @param scheme {@link TpmtScheme#NULL} for a key that has its own, as restricted keys do
   */
  public Statement quote(TpmObject key, Bytes nonce, TpmtScheme scheme, TpmlPcrSelection pcrs)
      throws IOException {
    try (var authorization = Authorization.of(key, Protection.NONE);
        var call = tss.call("TPM2_Quote")) {
      var data = call.in2b(TssType.TPM2B_DATA, nonce);
      var signing = call.in(TssType.TPMT_SIG_SCHEME, scheme.encode());
      var selection = call.in(TssType.TPML_PCR_SELECTION, pcrs.encode());
      var quoted = call.out();
      var signature = call.out();
      call.run((esys, context) ->
          esys.Esys_Quote(
              context,
              key.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              data,
              signing,
              selection,
              quoted,
              signature));
      return new Statement(
          call.content(TssType.TPM2B_ATTEST, quoted),
          call.parse(TssType.TPMT_SIGNATURE, signature, TpmtSignature::parse));
    }
  }

  /**
   * A quote with the values that it covers, as of one moment.
   *
   * @param values in the order of the selection
   */
  public record QuotedValues(Statement quote, QuotedPcrs values) {}

  /** Quotes, and reads the PCRs until they are those that were quoted. */
  public QuotedValues quoteWithValues(
      TpmObject key, Bytes nonce, TpmtScheme scheme, TpmlPcrSelection pcrs) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var quote = quote(key, nonce, scheme, pcrs);
      var values = values(pcrs);
      Bytes[] concatenated = values.digests().stream().map(Digest::value).toArray(Bytes[]::new);
      Bytes digest = quote.signature().hash().digest(concatenated).value();
      var attest = Call.parse(quote.attest(), TpmsAttest::parse);
      if (attest.attested() instanceof TpmsAttest.TpmsQuoteInfo info
          && info.pcrSelect().equals(pcrs)
          && info.pcrDigest().equals(digest)) {
        return new QuotedValues(quote, values);
      }
    }
    throw new IOException(
        "the PCRs change faster than they can be quoted and read, or a bank of %s is not active"
            .formatted(pcrs));
  }

  /** TPM2_ReadClock: the counters now, unsigned. TPM 2.0 Part 3, 29.1. */
  public TpmsClockInfo clock() throws IOException {
    try (var call = tss.call("TPM2_ReadClock")) {
      var time = call.out();
      call.run((esys, context) ->
          esys.Esys_ReadClock(
              context, Esys.ESYS_TR_NONE, Esys.ESYS_TR_NONE, Esys.ESYS_TR_NONE, time));
      return call.parse(TssType.TPMS_TIME_INFO, time, TpmsClockInfo::parseTimeInfo);
    }
  }

  private QuotedPcrs values(TpmlPcrSelection pcrs) throws IOException {
    List<Digest> values = new ArrayList<>();
    for (var bank : pcrs.pcrSelections()) {
      values.addAll(tss.read(bank.hash(), bank.pcrs()).values());
    }
    return new QuotedPcrs(pcrs, values);
  }

  /** TPM2_Certify: that the object of this name is in this TPM. Neither key has a secret. */
  public Statement certify(TpmObject object, TpmObject signer, Bytes nonce) throws IOException {
    try (var call = tss.call("TPM2_Certify")) {
      var data = call.in2b(TssType.TPM2B_DATA, nonce);
      var signing = call.in(TssType.TPMT_SIG_SCHEME, TpmtScheme.NULL.encode());
      var certified = call.out();
      var signature = call.out();
      call.run((esys, context) ->
          esys.Esys_Certify(
              context,
              object.handle(),
              signer.handle(),
              Esys.ESYS_TR_PASSWORD,
              Esys.ESYS_TR_PASSWORD,
              Esys.ESYS_TR_NONE,
              data,
              signing,
              certified,
              signature));
      return new Statement(
          call.content(TssType.TPM2B_ATTEST, certified),
          call.parse(TssType.TPMT_SIGNATURE, signature, TpmtSignature::parse));
    }
  }

  /** TPM2_CertifyCreation: that this TPM made the object, from which parent, at which PCRs. */
  public Statement certifyCreation(
      TpmObject object, Keys.Created created, TpmObject signer, Bytes nonce) throws IOException {
    try (var authorization = Authorization.of(signer, Protection.NONE);
        var call = tss.call("TPM2_CertifyCreation")) {
      var data = call.in2b(TssType.TPM2B_DATA, nonce);
      var hash = call.in2b(TssType.TPM2B_DIGEST, created.creationHash());
      var signing = call.in(TssType.TPMT_SIG_SCHEME, TpmtScheme.NULL.encode());
      var ticket = call.in(TssType.TPMT_TK_CREATION, created.creationTicket());
      var certified = call.out();
      var signature = call.out();
      call.run((esys, context) ->
          esys.Esys_CertifyCreation(
              context,
              signer.handle(),
              object.handle(),
              authorization.proof(),
              authorization.protector(),
              Esys.ESYS_TR_NONE,
              data,
              hash,
              signing,
              ticket,
              certified,
              signature));
      return new Statement(
          call.content(TssType.TPM2B_ATTEST, certified),
          call.parse(TssType.TPMT_SIGNATURE, signature, TpmtSignature::parse));
    }
  }
}
