// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.Optional;

/** TPM_ALG_ID of what is no hash. TCG Algorithm Registry 1.34, table 3. */
public enum TpmAlgId {
  TPM_ALG_RSA(0x0001),
  TPM_ALG_AES(0x0006),
  TPM_ALG_KEYEDHASH(0x0008),
  TPM_ALG_NULL(0x0010),
  TPM_ALG_RSASSA(0x0014),
  TPM_ALG_RSAES(0x0015),
  TPM_ALG_RSAPSS(0x0016),
  TPM_ALG_OAEP(0x0017),
  TPM_ALG_ECDSA(0x0018),
  TPM_ALG_ECDH(0x0019),
  TPM_ALG_ECDAA(0x001a),
  TPM_ALG_ECSCHNORR(0x001c),
  TPM_ALG_KDF1_SP800_56A(0x0020),
  TPM_ALG_KDF1_SP800_108(0x0022),
  TPM_ALG_ECC(0x0023),
  TPM_ALG_SYMCIPHER(0x0025),
  TPM_ALG_CAMELLIA(0x0026),
  TPM_ALG_CTR(0x0040),
  TPM_ALG_OFB(0x0041),
  TPM_ALG_CBC(0x0042),
  TPM_ALG_CFB(0x0043),
  TPM_ALG_ECB(0x0044);

  private final int id;

  TpmAlgId(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }

  public static Optional<TpmAlgId> byId(int id) {
    return Arrays.stream(values()).filter(a -> a.id == id).findFirst();
  }

  static TpmAlgId read(BinaryReader reader) throws FormatException {
    var start = reader.named("TPM_ALG_ID");
    int id = start.u16();
    return byId(id).orElseThrow(() -> unknown(start, id));
  }

  static HashAlgorithm readHash(BinaryReader reader) throws FormatException {
    var start = reader.named("TPMI_ALG_HASH");
    int id = start.u16();
    return HashAlgorithm.byTpmAlgId(id).orElseThrow(() -> unknown(start, id));
  }

  private static FormatException unknown(BinaryReader after, int id) {
    return new FormatException(
        after.structure(), after.offset() - 2, "unknown algorithm 0x%04x".formatted(id));
  }
}
