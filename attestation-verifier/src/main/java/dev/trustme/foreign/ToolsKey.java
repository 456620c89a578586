// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.foreign;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.tpm.KeyAlgorithm;
import dev.trustme.tpm.KeyTemplates;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemReader;

/** Attestation keys and signatures in the forms that tpm2-tools write. */
final class ToolsKey {
  private static final String PEM = "public key (PEM)";
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int LONG_FORM = 0x81;

  private ToolsKey() {}

  /**
   * The public area of a key in PEM, with what tpm2_createak gives its keys: PEM says nothing of
   * attributes and scheme. A wrong guess has another name than the enrolled key, and is rejected.
   */
  static TpmtPublic fromPem(Bytes pem, TpmtSignature signature) throws FormatException {
    var foreign = external(pem);
    var scheme = TpmtScheme.of(signature.sigAlg(), signature.hash());
    var template = KeyTemplates.attestation(KeyAlgorithm.P256, scheme);
    TpmtPublic.Key key =
        switch (foreign.key()) {
          case TpmtPublic.Rsa rsa ->
              new TpmtPublic.Rsa(
                  rsa.symmetric(), scheme, rsa.keyBits(), wireExponent(rsa), rsa.unique());
          case TpmtPublic.Ecc ecc ->
              new TpmtPublic.Ecc(
                  ecc.symmetric(), scheme, ecc.curveId(), ecc.kdf(), ecc.x(), ecc.y());
        };
    return new TpmtPublic(
        template.nameAlg(), template.objectAttributes(), template.authPolicy(), key);
  }

  private static long wireExponent(TpmtPublic.Rsa rsa) {
    return rsa.exponent() == 65537 ? 0 : rsa.exponent();
  }

  private static TpmtPublic external(Bytes pem) throws FormatException {
    try (var reader = new PemReader(new StringReader(pem.utf8()))) {
      var object = reader.readPemObject();
      if (object == null || !object.getType().equals("PUBLIC KEY")) {
        throw new FormatException(PEM, 0, "expected a PUBLIC KEY");
      }
      return TpmPublicKey.external(key(object.getContent()));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new FormatException(PEM, 0, "is no RSA key, and no EC key on P-256, P-384 or P-521");
    }
  }

  private static PublicKey key(byte[] der) throws GeneralSecurityException {
    var algorithm = SubjectPublicKeyInfo.getInstance(der).getAlgorithm().getAlgorithm();
    return KeyFactory.getInstance(
            algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : "RSA")
        .generatePublic(new X509EncodedKeySpec(der));
  }

  /** What {@code tpm2_quote -f plain} writes: an RSA number, or DER of the two of ECDSA. */
  static TpmtSignature plain(Bytes signature, TpmtPublic area) throws FormatException {
    var scheme = area.key().scheme();
    var hash =
        scheme
            .hash()
            .orElseThrow(() ->
                new FormatException(
                    "plain signature", 0, "the key has no scheme of its own: give the tss form"));
    return switch (area.key()) {
      case TpmtPublic.Rsa rsa -> new TpmtSignature.Rsa(rsaScheme(scheme), hash, signature);
      case TpmtPublic.Ecc ecc -> {
        var reader = BinaryReader.bigEndian(signature, "plain ECDSA signature");
        var content = content(reader, SEQUENCE);
        reader.expectEnd();
        int size = ecc.curveId().coordinateSize();
        var read = new TpmtSignature.Ecdsa(hash, number(content, size), number(content, size));
        content.expectEnd();
        yield read;
      }
    };
  }

  private static TpmAlgId rsaScheme(TpmtScheme scheme) throws FormatException {
    if (scheme.scheme() == TpmAlgId.TPM_ALG_RSASSA || scheme.scheme() == TpmAlgId.TPM_ALG_RSAPSS) {
      return scheme.scheme();
    }
    throw new FormatException("plain signature", 0, "the key's scheme is " + scheme.scheme());
  }

  private static BinaryReader content(BinaryReader reader, int tag) throws FormatException {
    if (reader.u8() != tag) {
      throw reader.malformed("expected DER of a SEQUENCE of two INTEGERs");
    }
    int length = reader.u8();
    return reader.slice("ECDSA number", length == LONG_FORM ? reader.u8() : length);
  }

  private static Bytes number(BinaryReader reader, int size) throws FormatException {
    Bytes value = content(reader, INTEGER).rest();
    Bytes digits = value.size() > 1 && value.at(0) == 0 ? value.slice(1, value.size()) : value;
    if (digits.size() > size) {
      throw reader.malformed("a number of more than %d bytes".formatted(size));
    }
    return BinaryWriter.bigEndian().zeros(size - digits.size()).bytes(digits).toBytes();
  }
}
