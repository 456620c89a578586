// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * TPMT_RSA_SCHEME, TPMT_ECC_SCHEME and TPMT_KDF_SCHEME: an algorithm with its hash; TPM_ALG_NULL
 * and TPM_ALG_RSAES have none, and only TPM_ALG_ECDAA has a count. TPM 2.0 Part 2, 11.2.
 */
public record TpmtScheme(TpmAlgId scheme, Optional<HashAlgorithm> hash, OptionalInt count) {
  public static final TpmtScheme NULL =
      new TpmtScheme(TpmAlgId.TPM_ALG_NULL, Optional.empty(), OptionalInt.empty());

  public TpmtScheme {
    if (hash.isPresent() != hasHash(scheme)
        || count.isPresent() != (scheme == TpmAlgId.TPM_ALG_ECDAA)) {
      throw new IllegalArgumentException("a scheme with another scheme's details: " + scheme);
    }
  }

  /** A scheme with a hash and nothing else. */
  public static TpmtScheme of(TpmAlgId scheme, HashAlgorithm hash) {
    return new TpmtScheme(scheme, Optional.of(hash), OptionalInt.empty());
  }

  private static boolean hasHash(TpmAlgId scheme) {
    return scheme != TpmAlgId.TPM_ALG_NULL && scheme != TpmAlgId.TPM_ALG_RSAES;
  }

  static TpmtScheme read(BinaryReader reader) throws FormatException {
    var scheme = TpmAlgId.read(reader);
    Optional<HashAlgorithm> hash =
        hasHash(scheme) ? Optional.of(TpmAlgId.readHash(reader)) : Optional.empty();
    OptionalInt count =
        scheme == TpmAlgId.TPM_ALG_ECDAA ? OptionalInt.of(reader.u16()) : OptionalInt.empty();
    return new TpmtScheme(scheme, hash, count);
  }

  public Bytes encode() {
    var writer = BinaryWriter.bigEndian();
    write(writer);
    return writer.toBytes();
  }

  void write(BinaryWriter writer) {
    writer.u16(scheme.id());
    hash.ifPresent(algorithm -> writer.u16(algorithm.tpmAlgId()));
    count.ifPresent(writer::u16);
  }
}
