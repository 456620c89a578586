// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/**
 * The name of an object: its hash algorithm and H(public area). TPM 2.0 Part 1, 16. Keys, parents
 * and hierarchies chain into qualified names.
 */
public record TpmName(Digest digest) {
  /** TPM_RH_ENDORSEMENT, the handle that is its own name. */
  public static final Bytes ENDORSEMENT = Bytes.fromHex("4000000b");

  /** TPM_RH_OWNER, the handle that is its own name. */
  public static final Bytes OWNER = Bytes.fromHex("40000001");

  /** Content of a TPM2B_NAME: nameAlg (16 bits) and digest. */
  public static TpmName parse(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPM2B_NAME");
    var algorithm = TpmAlgId.readHash(reader);
    var value = reader.bytes(algorithm.size());
    reader.expectEnd();
    return new TpmName(new Digest(algorithm, value));
  }

  /** Content of a TPM2B_NAME, without its size. */
  public Bytes encode() {
    return BinaryWriter.bigEndian()
        .u16(digest.algorithm().tpmAlgId())
        .bytes(digest.value())
        .toBytes();
  }

  /** The qualified name under a parent: H(parent's qualified name || name). */
  public TpmName qualifiedUnder(Bytes parentQualifiedName) {
    HashAlgorithm algorithm = digest.algorithm();
    return new TpmName(algorithm.digest(parentQualifiedName, encode()));
  }
}
