// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The kinds of keys the suite makes; the label is the one in profiles and commands. */
public enum KeyType {
  RSA_2048("rsa-2048", PKCSObjectIdentifiers.rsaEncryption, 2048),
  RSA_3072("rsa-3072", PKCSObjectIdentifiers.rsaEncryption, 3072),
  RSA_4096("rsa-4096", PKCSObjectIdentifiers.rsaEncryption, 4096),
  EC_P256("ec-p256", X9ObjectIdentifiers.prime256v1, 256),
  EC_P384("ec-p384", SECObjectIdentifiers.secp384r1, 384),
  EC_P521("ec-p521", SECObjectIdentifiers.secp521r1, 521),
  ED25519("ed25519", EdECObjectIdentifiers.id_Ed25519, 256);

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

  int bits() {
    return bits;
  }

  /** The algorithm's identifier, for an elliptic curve the curve's. */
  ASN1ObjectIdentifier identifier() {
    return new ASN1ObjectIdentifier(oid);
  }

  boolean isRsa() {
    return oid.equals(PKCSObjectIdentifiers.rsaEncryption.getId());
  }

  /** The type with this label; another is an IllegalArgumentException that lists them all. */
  @JsonCreator
  public static KeyType byLabel(String label) {
    return Arrays.stream(values())
        .filter(t -> t.label.equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown key type '%s'; known: %s"
                    .formatted(
                        label,
                        Arrays.stream(values())
                            .map(KeyType::label)
                            .collect(Collectors.joining(", ")))));
  }

  /** The type of a public key, or empty where it is none of these. */
  public static Optional<KeyType> of(SubjectPublicKeyInfo key) {
    var algorithm = key.getAlgorithm();
    if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      int size = modulusBits(key);
      return Arrays.stream(values()).filter(t -> t.isRsa() && t.bits == size).findFirst();
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
