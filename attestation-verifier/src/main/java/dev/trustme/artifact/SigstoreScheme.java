// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.StrictDer;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * How cosign signs with a key: RSASSA-PKCS1-v1_5 and ECDSA with SHA-256 whatever the key's size,
 * Ed25519 pure. Other keys do not sign images.
 */
public final class SigstoreScheme {
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";

  private SigstoreScheme() {}

  public static Optional<SignatureAlgorithm> of(SubjectPublicKeyInfo key) {
    var oid = key.getAlgorithm().getAlgorithm();
    if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of(new SignatureAlgorithm.RsaPkcs1(HashAlgorithm.SHA256));
    }
    if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return Optional.of(new SignatureAlgorithm.Ecdsa(HashAlgorithm.SHA256));
    }
    var ed25519 = new SignatureAlgorithm.Ed25519();
    return ed25519.fits(key) ? Optional.of(ed25519) : Optional.empty();
  }

  /** How bundles name a key: base64 of the SHA-256 over its DER encoding. */
  public static String hint(SubjectPublicKeyInfo key) {
    try {
      return HashAlgorithm.SHA256.digest(key.getEncoded("DER")).value().base64();
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }

  /** The key in a PEM block PUBLIC KEY, or of the one certificate (PEM or DER). */
  public static SubjectPublicKeyInfo publicKey(Bytes file) throws FormatException {
    if (!file.startsWith(Bytes.utf8(BEGIN))) {
      var certificates = Certificates.parse(file);
      if (certificates.size() != 1) {
        throw new FormatException(
            "public key", 0, "expected one certificate, found " + certificates.size());
      }
      return certificates.getFirst().getSubjectPublicKeyInfo();
    }
    try (var reader = new PemReader(new StringReader(file.utf8()))) {
      var der = Bytes.copyOf(reader.readPemObject().getContent());
      if (reader.readPemObject() != null) {
        throw new FormatException("public key", 0, "expected one key, found more");
      }
      return SubjectPublicKeyInfo.getInstance(StrictDer.parse(der, "public key"));
    } catch (IOException | RuntimeException e) {
      throw new FormatException("public key", 0, "is no SubjectPublicKeyInfo in PEM");
    }
  }

  static boolean verify(SubjectPublicKeyInfo key, Bytes message, Bytes signature) {
    return of(key)
        .filter(by -> SignatureScheme.verify(key, by.identifier(), message, signature))
        .isPresent();
  }
}
