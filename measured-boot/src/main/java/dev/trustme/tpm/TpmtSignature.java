// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;

/** TPMT_SIGNATURE: the schemes that sign quotes. TPM 2.0 Part 2, 11.3.4. */
public sealed interface TpmtSignature {
  /** Largest TPM2B_PUBLIC_KEY_RSA: 4096 bits. */
  int MAX_RSA_BYTES = 512;

  /** Largest TPM2B_ECC_PARAMETER: P-521. */
  int MAX_ECC_BYTES = 66;

  TpmAlgId sigAlg();

  HashAlgorithm hash();

  /** TPMS_SIGNATURE_RSA; {@code sigAlg} is TPM_ALG_RSASSA or TPM_ALG_RSAPSS. */
  record Rsa(TpmAlgId sigAlg, HashAlgorithm hash, Bytes sig) implements TpmtSignature {
    public Rsa {
      if (sigAlg != TpmAlgId.TPM_ALG_RSASSA && sigAlg != TpmAlgId.TPM_ALG_RSAPSS) {
        throw new IllegalArgumentException(sigAlg + " is no RSA signature scheme");
      }
    }
  }

  /** TPMS_SIGNATURE_ECDSA: two big-endian numbers. */
  record Ecdsa(HashAlgorithm hash, Bytes signatureR, Bytes signatureS) implements TpmtSignature {
    @Override
    public TpmAlgId sigAlg() {
      return TpmAlgId.TPM_ALG_ECDSA;
    }
  }

  static TpmtSignature parse(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPMT_SIGNATURE");
    var sigAlg = TpmAlgId.read(reader);
    var signature =
        switch (sigAlg) {
          case TPM_ALG_RSASSA, TPM_ALG_RSAPSS ->
              new Rsa(
                  sigAlg,
                  TpmAlgId.readHash(reader),
                  Tpm2b.read(reader, "TPMS_SIGNATURE_RSA sig", MAX_RSA_BYTES));
          case TPM_ALG_ECDSA ->
              new Ecdsa(
                  TpmAlgId.readHash(reader),
                  Tpm2b.read(reader, "TPMS_SIGNATURE_ECC signatureR", MAX_ECC_BYTES),
                  Tpm2b.read(reader, "TPMS_SIGNATURE_ECC signatureS", MAX_ECC_BYTES));
          default ->
              throw new FormatException(
                  "TPMT_SIGNATURE", 0, "expected RSASSA, RSAPSS or ECDSA, found " + sigAlg);
        };
    reader.expectEnd();
    return signature;
  }

  default Bytes encode() {
    var writer = BinaryWriter.bigEndian().u16(sigAlg().id()).u16(hash().tpmAlgId());
    switch (this) {
      case Rsa rsa -> Tpm2b.write(writer, rsa.sig());
      case Ecdsa ecdsa -> {
        Tpm2b.write(writer, ecdsa.signatureR());
        Tpm2b.write(writer, ecdsa.signatureS());
      }
    }
    return writer.toBytes();
  }
}
