// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * TPMS_CERTIFY_INFO: what TPM2_Certify attests of an object. TPM 2.0 Part 2, 10.12.3.
 *
 * @param name TPM2B_NAME content: the object's name
 * @param qualifiedName TPM2B_NAME content: the names of all that is above it, and its own
 */
public record TpmsCertifyInfo(Bytes name, Bytes qualifiedName) {
  /** The content of a {@link TpmsAttest} of type {@link TpmsAttest#TPM_ST_ATTEST_CERTIFY}. */
  public static TpmsCertifyInfo parse(Bytes content) throws FormatException {
    var reader = BinaryReader.bigEndian(content, "TPMS_CERTIFY_INFO");
    var info =
        new TpmsCertifyInfo(
            Tpm2b.read(reader, "TPMS_CERTIFY_INFO name", Tpm2b.MAX_HA),
            Tpm2b.read(reader, "TPMS_CERTIFY_INFO qualifiedName", Tpm2b.MAX_HA));
    reader.expectEnd();
    return info;
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian();
    Tpm2b.write(writer, name);
    return Tpm2b.write(writer, qualifiedName).toBytes();
  }
}
