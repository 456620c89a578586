// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificate requests, right or wrong on purpose, of keys that the suite would not make. */
final class CsrMaker {
  private static final Provider PROVIDER = new BouncyCastleProvider();

  /** A key that signs; {@code by} gives a signer for a JCA name of an algorithm. */
  record Signer(SubjectPublicKeyInfo key, By by) {
    interface By {
      ContentSigner name(String algorithm) throws OperatorCreationException;
    }
  }

  Signer ours(KeyType type) {
    var key = SigningKey.generate(type);
    return new Signer(key.publicKey(), algorithm -> key.contentSigner());
  }

  Signer ec(String curve) {
    return pair("EC", new ECGenParameterSpec(curve));
  }

  Signer rsa(int bits, int exponent) {
    return pair("RSA", new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
  }

  private static Signer pair(String algorithm, java.security.spec.AlgorithmParameterSpec spec) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm, PROVIDER);
      generator.initialize(spec, new SecureRandom());
      KeyPair pair = generator.generateKeyPair();
      return new Signer(
          SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()),
          name -> new JcaContentSignerBuilder(name).setProvider(PROVIDER).build(pair.getPrivate()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the library makes such keys", e);
    }
  }

  /** Two primes k * M + (65537^a mod M), where M is the product of the primes up to 167. */
  Signer roca() throws IOException {
    BigInteger p = rocaPrime();
    BigInteger q = rocaPrime();
    var e = BigInteger.valueOf(65537);
    var d = e.modInverse(p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE)));
    var secret =
        new RSAPrivateCrtKeyParameters(
            p.multiply(q),
            e,
            d,
            p,
            q,
            d.mod(p.subtract(BigInteger.ONE)),
            d.mod(q.subtract(BigInteger.ONE)),
            q.modInverse(p));
    var encoded = PrivateKeyInfoFactory.createPrivateKeyInfo(secret);
    var open = new RSAKeyParameters(false, secret.getModulus(), e);
    return new Signer(
        SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(open),
        name -> {
          try {
            return new JcaContentSignerBuilder(name)
                .setProvider(PROVIDER)
                .build(BouncyCastleProvider.getPrivateKey(encoded));
          } catch (IOException problem) {
            throw new IllegalStateException("a key that was just made", problem);
          }
        });
  }

  private static BigInteger rocaPrime() {
    var random = new SecureRandom();
    BigInteger primorial = BigInteger.ONE;
    for (int i = 2; i <= 167; i++) {
      var number = BigInteger.valueOf(i);
      primorial = number.isProbablePrime(30) ? primorial.multiply(number) : primorial;
    }
    while (true) {
      var power = BigInteger.valueOf(65537).modPow(new BigInteger(60, random), primorial);
      var near = new BigInteger(1024, random).setBit(1023).setBit(1022);
      var candidate = near.divide(primorial).multiply(primorial).add(power);
      // Both highest bits: the product of two such has 2048 bits.
      if (candidate.shiftRight(1022).intValue() == 3 && candidate.isProbablePrime(60)) {
        return candidate;
      }
    }
  }

  private record Attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {}

  /** A request in the making. {@code key} is what it says, {@code signer} what signs it. */
  record Wish(
      int number,
      X500Name subject,
      SubjectPublicKeyInfo publicKey,
      Signer signer,
      String algorithm,
      List<Extension> extensions,
      List<Attribute> attributes) {
    static Wish of(Signer signer, X500Name subject) {
      return new Wish(0, subject, signer.key(), signer, "", List.of(), List.of());
    }

    Wish version(int other) {
      return new Wish(other, subject, publicKey, signer, algorithm, extensions, attributes);
    }

    Wish named(X500Name other) {
      return new Wish(number, other, publicKey, signer, algorithm, extensions, attributes);
    }

    Wish by(Signer other, String name) {
      return new Wish(number, subject, other.key(), other, name, extensions, attributes);
    }

    Wish key(Signer other) {
      return new Wish(number, subject, other.key(), signer, algorithm, extensions, attributes);
    }

    Wish with(Extension extension) {
      List<Extension> more = new ArrayList<>(extensions);
      more.add(extension);
      return extending(more);
    }

    Wish replacing(Extension extension) {
      return extending(List.of(extension));
    }

    Wish without() {
      return extending(List.of());
    }

    private Wish extending(List<Extension> other) {
      return new Wish(number, subject, publicKey, signer, algorithm, other, attributes);
    }

    Wish and(ASN1ObjectIdentifier type, ASN1Encodable value) {
      List<Attribute> more = new ArrayList<>(attributes);
      more.add(new Attribute(type, value));
      return new Wish(number, subject, publicKey, signer, algorithm, extensions, more);
    }

    Bytes encode() throws IOException {
      var info =
          new DERSequence(
              new ASN1Encodable[] {
                new ASN1Integer(number),
                subject,
                publicKey,
                new DERTaggedObject(false, 0, new DERSet(all()))
              });
      try {
        ContentSigner made = signer.by().name(algorithm);
        try (var out = made.getOutputStream()) {
          out.write(info.getEncoded("DER"));
        }
        var request =
            new DERSequence(
                new ASN1Encodable[] {
                  info, made.getAlgorithmIdentifier(), new DERBitString(made.getSignature())
                });
        return Bytes.copyOf(request.getEncoded("DER"));
      } catch (OperatorCreationException e) {
        throw new IllegalStateException("the library signs by " + algorithm, e);
      }
    }

    private ASN1Encodable[] all() {
      List<ASN1Encodable> found = new ArrayList<>();
      if (!extensions.isEmpty()) {
        found.add(
            attribute(
                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                new DERSequence(extensions.toArray(ASN1Encodable[]::new))));
      }
      attributes.forEach(a -> found.add(attribute(a.type(), a.value())));
      return found.toArray(ASN1Encodable[]::new);
    }

    private static DERSequence attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
      return new DERSequence(new ASN1Encodable[] {type, new DERSet(value)});
    }
  }
}
