// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/**
 * TPMT_PUBLIC of sealed data: TPM_ALG_KEYEDHASH with TPM_ALG_NULL as its scheme. TPM 2.0 Part 2,
 * 12.2.4 and 12.2.3.3. A keyed hash with a scheme is an HMAC or XOR key and not read here.
 *
 * @param unique the obfuscated digest that binds the sensitive part
 */
public record SealedPublic(
    HashAlgorithm nameAlg, TpmaObject objectAttributes, Bytes authPolicy, Bytes unique) {
  private static final int FIXED_TPM_AND_PARENT = 0x12;
  private static final int USER_WITH_AUTH = 0x40;
  private static final int NO_DA = 0x400;

  /**
   * What to ask a TPM for.
   *
   * @param authPolicy empty for none
   * @param byAuthorization whether the authorization value alone opens it, without the policy
   * @param countsTries whether wrong tries count towards the TPM's lock
   */
  public static SealedPublic template(
      HashAlgorithm nameAlg, Bytes authPolicy, boolean byAuthorization, boolean countsTries) {
    long attributes =
        FIXED_TPM_AND_PARENT | (byAuthorization ? USER_WITH_AUTH : 0) | (countsTries ? 0 : NO_DA);
    return new SealedPublic(nameAlg, new TpmaObject(attributes), authPolicy, Bytes.empty());
  }

  /** TPM2B_PUBLIC, as {@code tpm2_create -u} writes it. */
  public static SealedPublic parseTpm2b(Bytes input) throws FormatException {
    var outer = BinaryReader.bigEndian(input, "TPM2B_PUBLIC");
    var reader = outer.slice("TPMT_PUBLIC", outer.u16());
    outer.expectEnd();
    var type = TpmAlgId.read(reader);
    if (type != TpmAlgId.TPM_ALG_KEYEDHASH) {
      throw new FormatException("TPMT_PUBLIC", 2, "expected sealed data, found a key: " + type);
    }
    var nameAlg = TpmAlgId.readHash(reader);
    var attributes = new TpmaObject(reader.u32());
    var policy = Tpm2b.read(reader, "TPMT_PUBLIC authPolicy", Tpm2b.MAX_DIGEST);
    var scheme = TpmAlgId.read(reader);
    if (scheme != TpmAlgId.TPM_ALG_NULL) {
      throw reader.malformed("expected sealed data, found a key for " + scheme);
    }
    var unique = Tpm2b.read(reader, "TPMT_PUBLIC unique", Tpm2b.MAX_DIGEST);
    reader.expectEnd();
    return new SealedPublic(nameAlg, attributes, policy, unique);
  }

  public Bytes encode() {
    var writer =
        BinaryWriter.bigEndian()
            .u16(TpmAlgId.TPM_ALG_KEYEDHASH.id())
            .u16(nameAlg.tpmAlgId())
            .u32(objectAttributes.bits());
    Tpm2b.write(writer, authPolicy).u16(TpmAlgId.TPM_ALG_NULL.id());
    return Tpm2b.write(writer, unique).toBytes();
  }

  public Bytes encodeTpm2b() {
    return Tpm2b.encode(encode());
  }

  public TpmName name() {
    return new TpmName(nameAlg.digest(encode()));
  }
}
