// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * TPMS_ATTEST: what an attestation key signs. TPM 2.0 Part 2, 10.12.12. Magic and type are kept as
 * they came: a verifier must compare both, as a key that is not restricted signs anything.
 *
 * @param magic {@link #TPM_GENERATED_VALUE} if a TPM made the structure
 * @param type TPMI_ST_ATTEST, {@link #TPM_ST_ATTEST_QUOTE} for a quote
 * @param qualifiedSigner TPM2B_NAME content: the signing key's qualified name
 * @param extraData TPM2B_DATA content: the caller's nonce
 * @param firmwareVersion vendor specific, unsigned
 */
public record TpmsAttest(
    long magic,
    int type,
    Bytes qualifiedSigner,
    Bytes extraData,
    TpmsClockInfo clockInfo,
    long firmwareVersion,
    TpmuAttest attested) {
  /** {@code ff 'T' 'C' 'G'}: begins only what the TPM itself made. TPM 2.0 Part 2, 6.2. */
  public static final long TPM_GENERATED_VALUE = 0xff544347L;

  /** TPM 2.0 Part 2, 6.9. */
  public static final int TPM_ST_ATTEST_QUOTE = 0x8018;

  /** TPM 2.0 Part 2, 6.9; {@link TpmsCertifyInfo} reads its content. */
  public static final int TPM_ST_ATTEST_CERTIFY = 0x8017;

  /** TPMU_ATTEST: what is attested, by type. TPM 2.0 Part 2, 10.12.11. */
  public sealed interface TpmuAttest permits TpmsQuoteInfo, Unparsed {}

  /**
   * TPMS_QUOTE_INFO. TPM 2.0 Part 2, 10.12.1.
   *
   * @param pcrDigest hash, by the signing scheme's algorithm, of the selected PCRs' concatenation
   */
  public record TpmsQuoteInfo(TpmlPcrSelection pcrSelect, Bytes pcrDigest) implements TpmuAttest {}

  /** The content of another type, kept as it came. */
  public record Unparsed(Bytes content) implements TpmuAttest {}

  public static TpmsAttest parse(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPMS_ATTEST");
    long magic = reader.u32();
    int type = reader.u16();
    var attest =
        new TpmsAttest(
            magic,
            type,
            Tpm2b.read(reader, "TPMS_ATTEST qualifiedSigner", Tpm2b.MAX_HA),
            Tpm2b.read(reader, "TPMS_ATTEST extraData", Tpm2b.MAX_HA),
            TpmsClockInfo.read(reader),
            reader.u64(),
            type == TPM_ST_ATTEST_QUOTE ? quoteInfo(reader) : new Unparsed(reader.rest()));
    reader.expectEnd();
    return attest;
  }

  private static TpmsQuoteInfo quoteInfo(BinaryReader reader) throws FormatException {
    return new TpmsQuoteInfo(
        TpmlPcrSelection.read(reader),
        Tpm2b.read(reader, "TPMS_QUOTE_INFO pcrDigest", Tpm2b.MAX_DIGEST));
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian().u32(magic).u16(type);
    Tpm2b.write(writer, qualifiedSigner);
    Tpm2b.write(writer, extraData);
    clockInfo.write(writer);
    writer.u64(firmwareVersion);
    switch (attested) {
      case TpmsQuoteInfo quote -> {
        quote.pcrSelect().write(writer);
        Tpm2b.write(writer, quote.pcrDigest());
      }
      case Unparsed unparsed -> writer.bytes(unparsed.content());
    }
    return writer.toBytes();
  }
}
