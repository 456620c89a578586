// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tpm;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.math.BigInteger;

/**
 * TPMT_PUBLIC of an asymmetric key. TPM 2.0 Part 2, 12.2.4. Reading and writing are inverse, so the
 * name computed here is the one of the bytes received.
 */
public record TpmtPublic(
    HashAlgorithm nameAlg, TpmaObject objectAttributes, Bytes authPolicy, Key key) {

  /** The parameters and unique value, by type. */
  public sealed interface Key {
    TpmtSymDefObject symmetric();

    TpmtScheme scheme();
  }

  /** TPMS_RSA_PARMS and TPM2B_PUBLIC_KEY_RSA; an exponent of 0 on the wire means 65537. */
  public record Rsa(
      TpmtSymDefObject symmetric, TpmtScheme scheme, int keyBits, long exponent, Bytes unique)
      implements Key {
    private static final long DEFAULT_EXPONENT = 65537;

    public BigInteger modulus() {
      return new BigInteger(1, unique.toArray());
    }

    public BigInteger publicExponent() {
      return BigInteger.valueOf(exponent == 0 ? DEFAULT_EXPONENT : exponent);
    }
  }

  /** TPMS_ECC_PARMS and TPMS_ECC_POINT; whether the point is on the curve is not checked here. */
  public record Ecc(
      TpmtSymDefObject symmetric,
      TpmtScheme scheme,
      TpmEccCurve curveId,
      TpmtScheme kdf,
      Bytes x,
      Bytes y)
      implements Key {
    public BigInteger affineX() {
      return new BigInteger(1, x.toArray());
    }

    public BigInteger affineY() {
      return new BigInteger(1, y.toArray());
    }
  }

  /** TPM2B_PUBLIC: a 16-bit size and the TPMT_PUBLIC, as tpm2-tools write it. */
  public static TpmtPublic parseTpm2b(Bytes input) throws FormatException {
    var reader = BinaryReader.bigEndian(input, "TPM2B_PUBLIC");
    var content = reader.slice("TPMT_PUBLIC", reader.u16());
    reader.expectEnd();
    return read(content);
  }

  public static TpmtPublic parse(Bytes input) throws FormatException {
    return read(BinaryReader.bigEndian(input, "TPMT_PUBLIC"));
  }

  private static TpmtPublic read(BinaryReader reader) throws FormatException {
    var type = TpmAlgId.read(reader);
    var nameAlg = TpmAlgId.readHash(reader);
    var attributes = new TpmaObject(reader.u32());
    var authPolicy = Tpm2b.read(reader, "TPMT_PUBLIC authPolicy", Tpm2b.MAX_DIGEST);
    Key key =
        switch (type) {
          case TPM_ALG_RSA -> readRsa(reader);
          case TPM_ALG_ECC -> readEcc(reader);
          default ->
              throw new FormatException(
                  "TPMT_PUBLIC", 0, "expected an RSA or ECC key, found " + type);
        };
    reader.expectEnd();
    return new TpmtPublic(nameAlg, attributes, authPolicy, key);
  }

  private static Rsa readRsa(BinaryReader reader) throws FormatException {
    return new Rsa(
        TpmtSymDefObject.read(reader),
        TpmtScheme.read(reader),
        reader.u16(),
        reader.u32(),
        Tpm2b.read(reader, "TPM2B_PUBLIC_KEY_RSA", TpmtSignature.MAX_RSA_BYTES));
  }

  private static Ecc readEcc(BinaryReader reader) throws FormatException {
    var symmetric = TpmtSymDefObject.read(reader);
    var scheme = TpmtScheme.read(reader);
    int id = reader.u16();
    var curve =
        TpmEccCurve.byId(id)
            .orElseThrow(() -> reader.malformed("unknown curve 0x%04x".formatted(id)));
    return new Ecc(
        symmetric,
        scheme,
        curve,
        TpmtScheme.read(reader),
        Tpm2b.read(reader, "TPMS_ECC_POINT x", TpmtSignature.MAX_ECC_BYTES),
        Tpm2b.read(reader, "TPMS_ECC_POINT y", TpmtSignature.MAX_ECC_BYTES));
  }

  public Bytes encode() {
    var type = key instanceof Rsa ? TpmAlgId.TPM_ALG_RSA : TpmAlgId.TPM_ALG_ECC;
    var writer =
        BinaryWriter.bigEndian()
            .u16(type.id())
            .u16(nameAlg.tpmAlgId())
            .u32(objectAttributes.bits());
    Tpm2b.write(writer, authPolicy);
    key.symmetric().write(writer);
    key.scheme().write(writer);
    switch (key) {
      case Rsa rsa -> Tpm2b.write(writer.u16(rsa.keyBits()).u32(rsa.exponent()), rsa.unique());
      case Ecc ecc -> {
        writer.u16(ecc.curveId().id());
        ecc.kdf().write(writer);
        Tpm2b.write(writer, ecc.x());
        Tpm2b.write(writer, ecc.y());
      }
    }
    return writer.toBytes();
  }

  public Bytes encodeTpm2b() {
    return Tpm2b.encode(encode());
  }

  public TpmName name() {
    return new TpmName(nameAlg.digest(encode()));
  }
}
