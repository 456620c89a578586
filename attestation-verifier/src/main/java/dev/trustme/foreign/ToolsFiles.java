// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.foreign;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.QuotedPcrs;
import dev.trustme.tpm.TpmlPcrSelection;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsPcrSelection;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Certificates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The files that tpm2-tools 5.4 write around a quote, as evidence. Nothing in it is more trusted
 * than the files were: the judge of evidence decides.
 *
 * @param message {@code tpm2_quote -m}
 * @param signature {@code tpm2_quote -s}
 * @param values {@code tpm2_quote -o}, with {@code -F serialized} or {@code -F values}
 * @param key {@code tpm2_createak -u} or {@code tpm2_readpublic -o}
 */
public record ToolsFiles(
    Bytes message, Signature signature, Bytes values, Key key, Evidence.Logs logs) {

  /** The quote's signature in one of two forms. */
  public sealed interface Signature {
    /** {@code -f tss}, the default: a TPMT_SIGNATURE. */
    record Tss(Bytes content) implements Signature {}

    /** {@code -f plain}: the number of RSA alone, or DER of ECDSA's two. */
    record Plain(Bytes content) implements Signature {}
  }

  /** The attestation key's public half in one of two forms. */
  public sealed interface Key {
    /** {@code -f tss}: a TPM2B_PUBLIC. */
    record Tss(Bytes content) implements Key {}

    /** {@code -f pem}. */
    record Pem(Bytes content) implements Key {}
  }

  /**
   * Who vouches for the key.
   *
   * @param ak the attestation key's certificate and its authorities, PEM or one DER; may be empty
   * @param ek the endorsement key's certificate and its authorities; may be empty
   * @param record the signed enrolment record
   */
  public record Vouchers(Bytes ak, Bytes ek, Optional<Bytes> record) {}

  /**
   * The evidence. Its nonce is the one that was quoted; the verifier asks whether it gave that out.
   *
   * @throws FormatException also where two files do not fit each other
   */
  public Evidence evidence(DeviceId device, Vouchers vouchers, Instant created)
      throws FormatException {
    var attest = TpmsAttest.parse(message);
    if (!(attest.attested() instanceof TpmsAttest.TpmsQuoteInfo quote)) {
      throw new FormatException("quote message", 0, "is no quote");
    }
    if (attest.extraData().isEmpty()) {
      throw new FormatException("quote message", 0, "holds no nonce: quote with tpm2_quote -q");
    }
    var area = area();
    return new Evidence(
        Evidence.SCHEMA,
        device,
        new Nonce(attest.extraData()),
        created,
        new Evidence.Quote(message, signature(area).encode()),
        claims(quote.pcrSelect()),
        new Evidence.AttestationKey(chain(vouchers.ak()), area.encodeTpm2b()),
        vouchers.record().isPresent()
            ? Optional.of(new Evidence.Enrolment(vouchers.record().get(), chain(vouchers.ek())))
            : Optional.empty(),
        logs);
  }

  private TpmtPublic area() throws FormatException {
    return switch (key) {
      case Key.Tss(Bytes content) -> TpmtPublic.parseTpm2b(content);
      case Key.Pem(Bytes content) ->
          switch (signature) {
            case Signature.Tss(Bytes tss) -> ToolsKey.fromPem(content, TpmtSignature.parse(tss));
            case Signature.Plain plain ->
                throw new FormatException(
                    "public key (PEM)",
                    0,
                    "neither it nor a plain signature names a scheme: give one of both as tss");
          };
    };
  }

  private TpmtSignature signature(TpmtPublic area) throws FormatException {
    return switch (signature) {
      case Signature.Tss(Bytes content) -> TpmtSignature.parse(content);
      case Signature.Plain(Bytes content) -> ToolsKey.plain(content, area);
    };
  }

  /** Bare values have no head: they are as many as the quote selects, in its order. */
  private Map<String, Map<String, String>> claims(TpmlPcrSelection selection)
      throws FormatException {
    Map<String, Map<String, String>> claims = new TreeMap<>();
    var digests = digests(selection);
    int at = 0;
    for (TpmsPcrSelection bank : selection.pcrSelections()) {
      Map<String, String> values =
          claims.computeIfAbsent(bank.hash().label(), label -> new TreeMap<>());
      for (int pcr : bank.pcrs()) {
        if (values.put(String.valueOf(pcr), digests.get(at++).hex()) != null) {
          throw new FormatException("quote message", 0, "selects a PCR twice");
        }
      }
    }
    return claims;
  }

  private List<Digest> digests(TpmlPcrSelection selection) throws FormatException {
    int size = 0;
    for (TpmsPcrSelection bank : selection.pcrSelections()) {
      size += bank.pcrs().size() * bank.hash().size();
    }
    if (values.size() != size) {
      var parsed = QuotedPcrs.parse(values);
      if (!parsed.selection().equals(selection)) {
        throw new FormatException(
            "quoted PCR values",
            0,
            "are of %s, and the quote of %s".formatted(parsed.selection(), selection));
      }
      return parsed.digests();
    }
    List<Digest> digests = new ArrayList<>();
    int at = 0;
    for (TpmsPcrSelection bank : selection.pcrSelections()) {
      for (int i = 0; i < bank.pcrs().size(); i++) {
        digests.add(new Digest(bank.hash(), values.slice(at, at + bank.hash().size())));
        at += bank.hash().size();
      }
    }
    return digests;
  }

  private static List<Bytes> chain(Bytes certificates) throws FormatException {
    if (certificates.isEmpty()) {
      return List.of();
    }
    List<Bytes> chain = new ArrayList<>();
    for (X509CertificateHolder each : Certificates.parseAllAsReceived(certificates)) {
      chain.add(Certificates.der(each));
    }
    return chain;
  }
}
