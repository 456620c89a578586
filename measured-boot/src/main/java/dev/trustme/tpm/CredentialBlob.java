// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * What TPM2_ActivateCredential takes, in the file format of tpm2-tools (5.4): magic {@code
 * badcc0de}, version 1, TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET; big-endian.
 *
 * @param idObject content of the TPM2B_ID_OBJECT: integrity HMAC (TPM2B) and encrypted credential
 * @param encryptedSecret content of the TPM2B_ENCRYPTED_SECRET: the seed for the endorsement key
 */
public record CredentialBlob(Bytes idObject, Bytes encryptedSecret) {
  private static final long MAGIC = 0xbadcc0deL;
  private static final long VERSION = 1;
  private static final int MAX_ID_OBJECT = 132;

  public static CredentialBlob parse(Bytes file) throws FormatException {
    var reader = BinaryReader.bigEndian(file, "credential blob");
    long magic = reader.u32();
    long version = reader.u32();
    if (magic != MAGIC || version != VERSION) {
      throw new FormatException(
          "credential blob",
          0,
          "expected magic badcc0de and version 1, found %08x and %d".formatted(magic, version));
    }
    var blob =
        new CredentialBlob(
            Tpm2b.read(reader, "TPM2B_ID_OBJECT", MAX_ID_OBJECT),
            Tpm2b.read(reader, "TPM2B_ENCRYPTED_SECRET", TpmtSignature.MAX_RSA_BYTES));
    reader.expectEnd();
    return blob;
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian().u32(MAGIC).u32(VERSION);
    Tpm2b.write(writer, idObject);
    Tpm2b.write(writer, encryptedSecret);
    return writer.toBytes();
  }
}
