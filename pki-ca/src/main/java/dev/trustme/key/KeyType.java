// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The kinds of keys the suite makes; the label is the one in profiles and commands. {@code rsa-pss}
 * keys sign by RSASSA-PSS alone: their algorithm in certificates is id-RSASSA-PSS without
 * parameters, RFC 4055 1.2.
 */
public enum KeyType {
  RSA_2048("rsa-2048", PKCSObjectIdentifiers.rsaEncryption, 2048),
  RSA_3072("rsa-3072", PKCSObjectIdentifiers.rsaEncryption, 3072),
  RSA_4096("rsa-4096", PKCSObjectIdentifiers.rsaEncryption, 4096),
  EC_P256("ec-p256", X9ObjectIdentifiers.prime256v1, 256),
  EC_P384("ec-p384", SECObjectIdentifiers.secp384r1, 384),
  EC_P521("ec-p521", SECObjectIdentifiers.secp521r1, 521),
  ED25519("ed25519", EdECObjectIdentifiers.id_Ed25519, 256),
  RSA_PSS_2048("rsa-pss-2048", PKCSObjectIdentifiers.id_RSASSA_PSS, 2048),
  RSA_PSS_3072("rsa-pss-3072", PKCSObjectIdentifiers.id_RSASSA_PSS, 3072),
  RSA_PSS_4096("rsa-pss-4096", PKCSObjectIdentifiers.id_RSASSA_PSS, 4096),
  ML_DSA_44("ml-dsa-44", NISTObjectIdentifiers.id_ml_dsa_44, 44),
  ML_DSA_65("ml-dsa-65", NISTObjectIdentifiers.id_ml_dsa_65, 65),
  ML_DSA_87("ml-dsa-87", NISTObjectIdentifiers.id_ml_dsa_87, 87);

  private final String label;
  private final String oid;
  private final int bits;

  KeyType(String label, ASN1ObjectIdentifier identifier, int bits) {
    this.label = label;
    this.oid = identifier.getId();
    this.bits = bits;
  }

  @JsonValue
  public String label() {
    return label;
  }

  /** Of the modulus or the curve's order; for ML-DSA the parameter set. */
  int bits() {
    return bits;
  }

  /** The algorithm's identifier, for an elliptic curve the curve's. */
  ASN1ObjectIdentifier identifier() {
    return new ASN1ObjectIdentifier(oid);
  }

  boolean isRsa() {
    return isRsa(identifier());
  }

  private static boolean isRsa(ASN1ObjectIdentifier algorithm) {
    return algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
        || algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  /** How a SubjectPublicKeyInfo names the key's algorithm. */
  AlgorithmIdentifier algorithm() {
    return switch (this) {
      case RSA_2048, RSA_3072, RSA_4096 -> new AlgorithmIdentifier(identifier(), DERNull.INSTANCE);
      case EC_P256, EC_P384, EC_P521 ->
          new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, identifier());
      case RSA_PSS_2048, RSA_PSS_3072, RSA_PSS_4096, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
          new AlgorithmIdentifier(identifier());
    };
  }

  /** The type with this label; another is an IllegalArgumentException that lists them all. */
  @JsonCreator
  public static KeyType byLabel(String label) {
    return Labels.byLabel("key type", values(), KeyType::label, label);
  }

  /** The type of a public key, or empty where it is none of these. */
  public static Optional<KeyType> of(SubjectPublicKeyInfo key) {
    var algorithm = key.getAlgorithm();
    if (isRsa(algorithm.getAlgorithm())) {
      int size = modulusBits(key);
      return Arrays.stream(values())
          .filter(t -> t.identifier().equals(algorithm.getAlgorithm()) && t.bits == size)
          .findFirst();
    }
    Object identifier =
        algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
            ? algorithm.getParameters()
            : algorithm.getAlgorithm();
    return Arrays.stream(values())
        .filter(t -> !t.isRsa() && t.identifier().equals(identifier))
        .findFirst();
  }

  private static int modulusBits(SubjectPublicKeyInfo key) {
    try {
      return RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength();
    } catch (java.io.IOException | RuntimeException e) {
      return 0; // Not an RSA key after all: no type has that size.
    }
  }
}
