// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.FormatException;

/**
 * TPMT_SYM_DEF_OBJECT: how a storage key protects its children. TPM 2.0 Part 2, 11.1.7.
 *
 * @param algorithm TPM_ALG_NULL (then no bits and mode) or a block cipher
 * @param keyBits key size in bits
 * @param mode block cipher mode; TPM_ALG_NULL where the algorithm is
 */
public record TpmtSymDefObject(TpmAlgId algorithm, int keyBits, TpmAlgId mode) {
  public static final TpmtSymDefObject NULL =
      new TpmtSymDefObject(TpmAlgId.TPM_ALG_NULL, 0, TpmAlgId.TPM_ALG_NULL);

  static TpmtSymDefObject read(BinaryReader reader) throws FormatException {
    var algorithm = TpmAlgId.read(reader);
    return algorithm == TpmAlgId.TPM_ALG_NULL
        ? NULL
        : new TpmtSymDefObject(algorithm, reader.u16(), TpmAlgId.read(reader));
  }

  void write(BinaryWriter writer) {
    writer.u16(algorithm.id());
    if (algorithm != TpmAlgId.TPM_ALG_NULL) {
      writer.u16(keyBits).u16(mode.id());
    }
  }
}
