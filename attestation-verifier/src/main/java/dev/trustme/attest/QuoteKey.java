// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.PublicKeys;
import dev.trustme.trust.TpmKeys;
import java.io.IOException;
import java.io.StringReader;
import java.security.InvalidKeyException;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * A key that quotes are held against because somebody says so: no certificate speaks for it.
 *
 * @param scheme that of its public area; TPM_ALG_NULL where the file holds the key alone
 */
public record QuoteKey(AsymmetricKeyParameter key, TpmtScheme scheme) {
  private static final Bytes PEM = Bytes.utf8("-----BEGIN ");

  /**
   * The key in a file: SubjectPublicKeyInfo in PEM or DER, or a TPM2B_PUBLIC ({@code tpm2_createak
   * -u}, in the formats pem, der and tss).
   */
  public static QuoteKey parse(Bytes file) throws FormatException {
    if (file.startsWith(PEM)) {
      return of(pem(file));
    }
    return !file.isEmpty() && file.at(0) == 0x30 ? of(file) : of(TpmtPublic.parseTpm2b(file));
  }

  private static QuoteKey of(TpmtPublic area) throws FormatException {
    try {
      var key = PublicKeys.read(TpmKeys.subjectPublicKeyInfo(area));
      return new QuoteKey(key, area.key().scheme());
    } catch (InvalidKeyException | IOException e) {
      throw new FormatException("TPM2B_PUBLIC", 0, "holds no usable key");
    }
  }

  private static Bytes pem(Bytes file) throws FormatException {
    try (var reader = new PemReader(new StringReader(file.utf8()))) {
      var object = reader.readPemObject();
      if (object == null || !object.getType().equals("PUBLIC KEY")) {
        throw new FormatException("PEM", 0, "expected one PUBLIC KEY");
      }
      return Bytes.copyOf(object.getContent());
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is no PEM file");
    }
  }

  /** The library meets broken keys with exceptions of every kind. */
  private static QuoteKey of(Bytes der) throws FormatException {
    try {
      var info = SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(der.toArray()));
      return new QuoteKey(PublicKeys.read(info), TpmtScheme.NULL);
    } catch (IOException | RuntimeException e) {
      throw new FormatException("SubjectPublicKeyInfo", 0, "is no public key");
    }
  }

  /** The scheme that a signature must have: the key's own, else any that a key of its type has. */
  TpmtScheme schemeOf(TpmtSignature signature) {
    return scheme.scheme() == TpmAlgId.TPM_ALG_NULL
        ? TpmtScheme.of(signature.sigAlg(), signature.hash())
        : scheme;
  }
}
