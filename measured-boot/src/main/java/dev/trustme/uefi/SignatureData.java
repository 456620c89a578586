// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/**
 * EFI_SIGNATURE_DATA: {@code EFI_GUID SignatureOwner; UINT8 SignatureData[]}. UEFI 2.10, 32.4.1.
 * Its encoding is also what firmware measures as the authority of an image.
 */
public record SignatureData(EfiGuid signatureOwner, Bytes signatureData) {

  /** The whole input: owner, then data up to the end. */
  public static SignatureData parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, "EFI_SIGNATURE_DATA");
    return read(reader, encoded.size());
  }

  static SignatureData read(BinaryReader reader, long signatureSize) throws FormatException {
    var data = reader.slice("EFI_SIGNATURE_DATA", signatureSize);
    return new SignatureData(EfiGuid.read(data), data.rest());
  }

  public Bytes encode() {
    return Bytes.concat(signatureOwner.encode(), signatureData);
  }

  /** Bytes of the encoding: SignatureSize in the list. */
  public int size() {
    return EfiGuid.SIZE + signatureData.size();
  }
}
