// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.pkcs11;

import dev.trustme.bytes.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Looks for the public key of a private key object. What the token says is not trusted for more
 * than that: a signature is checked with it before anybody sees it.
 */
final class PublicHalf {
  private static final long CKO_CERTIFICATE = 1;
  private static final long CKO_PUBLIC_KEY = 2;
  private static final int ED25519_BYTES = 32;

  private final TokenSession session;
  private final TokenPrivateKey key;

  PublicHalf(TokenSession session, TokenPrivateKey key) {
    this.session = session;
    this.key = key;
  }

  Optional<SubjectPublicKeyInfo> find() throws IOException {
    var type = key.type();
    if (type.isEmpty()) {
      return Optional.empty();
    }
    try {
      var own = key.value(Attribute.CKA_PUBLIC_KEY_INFO).filter(v -> !v.isEmpty());
      if (own.isPresent()) {
        return Optional.of(SubjectPublicKeyInfo.getInstance(own.get().toArray()));
      }
      return switch (type.get()) {
        case CKK_RSA -> rsa();
        case CKK_EC, CKK_EC_EDWARDS -> point(type.get());
      };
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new IOException(session.token() + ": tells no readable public key of " + key, e);
    }
  }

  /** Modulus and exponent stand in the private key object, mostly; else beside it. */
  private Optional<SubjectPublicKeyInfo> rsa() throws IOException {
    var modulus = key.value(Attribute.CKA_MODULUS);
    var exponent = key.value(Attribute.CKA_PUBLIC_EXPONENT);
    if (modulus.isEmpty() || exponent.isEmpty()) {
      var sibling = sibling(CKO_PUBLIC_KEY);
      if (sibling.isEmpty()) {
        return certified();
      }
      modulus = session.value(sibling.getAsLong(), Attribute.CKA_MODULUS);
      exponent = session.value(sibling.getAsLong(), Attribute.CKA_PUBLIC_EXPONENT);
    }
    if (modulus.isEmpty() || exponent.isEmpty()) {
      return certified();
    }
    return Optional.of(
        new SubjectPublicKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            new RSAPublicKey(number(modulus.get()), number(exponent.get()))));
  }

  private static BigInteger number(Bytes value) {
    return new BigInteger(1, value.toArray());
  }

  private Optional<SubjectPublicKeyInfo> point(TokenKeyType type) throws IOException {
    var sibling = sibling(CKO_PUBLIC_KEY);
    if (sibling.isEmpty()) {
      return certified();
    }
    var point = session.value(sibling.getAsLong(), Attribute.CKA_EC_POINT);
    var curve = session.value(sibling.getAsLong(), Attribute.CKA_EC_PARAMS);
    if (point.isEmpty() || curve.isEmpty()) {
      return certified();
    }
    return switch (type) {
      case CKK_EC_EDWARDS -> ed25519(point.get());
      case CKK_EC ->
          Optional.of(
              new SubjectPublicKeyInfo(
                  new AlgorithmIdentifier(
                      X9ObjectIdentifiers.id_ecPublicKey,
                      ASN1ObjectIdentifier.getInstance(curve.get().toArray())),
                  unwrapped(point.get())));
      case CKK_RSA -> throw new IllegalStateException("an RSA key has no point");
    };
  }

  private static Optional<SubjectPublicKeyInfo> ed25519(Bytes point) throws IOException {
    byte[] key = unwrapped(point);
    return key.length == ED25519_BYTES
        ? Optional.of(
            new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), key))
        : Optional.empty();
  }

  /** CKA_EC_POINT is a DER OCTET STRING; some tokens give its content. */
  private static byte[] unwrapped(Bytes point) throws IOException {
    if (point.size() > ED25519_BYTES && point.at(0) == 0x04 && point.at(1) < point.size()) {
      ASN1Encodable wrapped = wrapped(point);
      if (wrapped instanceof ASN1OctetString octets) {
        return octets.getOctets();
      }
    }
    return point.toArray();
  }

  private static ASN1Primitive wrapped(Bytes point) {
    try {
      return ASN1Primitive.fromByteArray(point.toArray());
    } catch (IOException e) {
      return DERNull.INSTANCE; // A bare uncompressed point, which begins with 04 as well.
    }
  }

  private Optional<SubjectPublicKeyInfo> certified() throws IOException {
    var certificate = sibling(CKO_CERTIFICATE);
    if (certificate.isEmpty()) {
      return Optional.empty();
    }
    return session
        .value(certificate.getAsLong(), Attribute.CKA_VALUE)
        .map(der -> Certificate.getInstance(der.toArray()).getSubjectPublicKeyInfo());
  }

  /** The only object of this class with the key's CKA_ID or, where it has none, its label. */
  private OptionalLong sibling(long objectClass) throws IOException {
    var template = new Template().add(Attribute.CKA_CLASS, objectClass);
    if (!key.id().isEmpty()) {
      template.add(Attribute.CKA_ID, key.id());
    } else if (!key.label().isEmpty()) {
      template.add(Attribute.CKA_LABEL, Bytes.utf8(key.label()));
    } else {
      return OptionalLong.empty();
    }
    List<Long> found = session.find(template);
    return found.size() == 1 ? OptionalLong.of(found.getFirst()) : OptionalLong.empty();
  }
}
