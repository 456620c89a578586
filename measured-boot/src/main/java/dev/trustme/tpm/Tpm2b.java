// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;

/** TPM2B_*: a 16-bit size and as many bytes. TPM 2.0 Part 2, 10.4. */
public final class Tpm2b {
  /** Size of a TPMT_HA with the largest digest: what TPM2B_NAME and TPM2B_DATA may hold. */
  static final int MAX_HA = 2 + 64;

  /** Largest TPM2B_DIGEST. */
  static final int MAX_DIGEST = 64;

  private Tpm2b() {}

  static Bytes read(BinaryReader reader, String structure, int max) throws FormatException {
    var sized = reader.named(structure);
    int size = sized.u16();
    if (size > max) {
      throw sized.malformed("size %d, at most %d are allowed".formatted(size, max));
    }
    return sized.bytes(size);
  }

  public static BinaryWriter write(BinaryWriter writer, Bytes value) {
    return writer.u16(value.size()).bytes(value);
  }

  public static Bytes encode(Bytes value) {
    return write(BinaryWriter.bigEndian(), value).toBytes();
  }
}
