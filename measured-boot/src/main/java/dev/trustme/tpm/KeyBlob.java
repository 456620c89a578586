// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * An object outside the TPM: what TPM2_Create gives and TPM2_Load takes.
 *
 * @param publicArea TPMT_PUBLIC
 * @param privateArea content of the TPM2B_PRIVATE: encrypted under the parent, opaque
 */
public record KeyBlob(Bytes publicArea, Bytes privateArea) {
  private static final int MAX_PUBLIC = 612;
  private static final int MAX_PRIVATE = 1550;

  /** The two files that {@code tpm2_create -u PUBLIC -r PRIVATE} writes. */
  public static KeyBlob parse(Bytes publicFile, Bytes privateFile) throws FormatException {
    return new KeyBlob(
        whole(publicFile, "TPM2B_PUBLIC", MAX_PUBLIC),
        whole(privateFile, "TPM2B_PRIVATE", MAX_PRIVATE));
  }

  private static Bytes whole(Bytes file, String structure, int max) throws FormatException {
    var reader = BinaryReader.bigEndian(file, structure);
    var content = Tpm2b.read(reader, structure, max);
    reader.expectEnd();
    return content;
  }

  /** TPM2B_PUBLIC. */
  public Bytes encodePublic() {
    return Tpm2b.encode(publicArea);
  }

  /** TPM2B_PRIVATE. */
  public Bytes encodePrivate() {
    return Tpm2b.encode(privateArea);
  }
}
