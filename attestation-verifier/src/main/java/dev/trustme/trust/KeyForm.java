// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Which keys and signature algorithms a path may have; both answer with what is wrong. */
final class KeyForm {
  private static final int MIN_RSA_BITS = 2048;

  /** Beyond this, one signature costs its verifier too much. */
  private static final int MAX_RSA_BITS = 8192;

  private static final int MAX_EXPONENT_BITS = 64;

  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          X9ObjectIdentifiers.prime256v1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);

  /** Keys that are their own parameters. */
  private static final Set<ASN1ObjectIdentifier> PLAIN =
      Set.of(
          EdECObjectIdentifiers.id_Ed25519,
          NISTObjectIdentifiers.id_ml_dsa_44,
          NISTObjectIdentifiers.id_ml_dsa_65,
          NISTObjectIdentifiers.id_ml_dsa_87);

  private static final Set<ASN1ObjectIdentifier> SIGNATURES =
      Set.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption,
          PKCSObjectIdentifiers.sha384WithRSAEncryption,
          PKCSObjectIdentifiers.sha512WithRSAEncryption,
          X9ObjectIdentifiers.ecdsa_with_SHA256,
          X9ObjectIdentifiers.ecdsa_with_SHA384,
          X9ObjectIdentifiers.ecdsa_with_SHA512);

  private static final Set<ASN1ObjectIdentifier> DIGESTS =
      Set.of(
          NISTObjectIdentifiers.id_sha256,
          NISTObjectIdentifiers.id_sha384,
          NISTObjectIdentifiers.id_sha512);

  private KeyForm() {}

  /** What is wrong with the key; a key of a kind that is not used here is. */
  static Optional<String> problem(SubjectPublicKeyInfo key) {
    ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
    ASN1Encodable parameters = key.getAlgorithm().getParameters();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
        || algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return rsa(key);
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return parameters != null
              && parameters.toASN1Primitive() instanceof ASN1ObjectIdentifier curve
              && CURVES.contains(curve)
          ? Optional.empty()
          : Optional.of("another curve than P-256, P-384 and P-521, or one that is spelled out");
    }
    return PLAIN.contains(algorithm) && parameters == null
        ? Optional.empty()
        : Optional.of("algorithm " + algorithm);
  }

  private static Optional<String> rsa(SubjectPublicKeyInfo key) {
    RSAPublicKey rsa;
    try {
      rsa = RSAPublicKey.getInstance(key.parsePublicKey());
    } catch (IOException | RuntimeException e) {
      return Optional.of("no RSA key");
    }
    int bits = rsa.getModulus().bitLength();
    BigInteger exponent = rsa.getPublicExponent();
    if (rsa.getModulus().signum() <= 0 || bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      return Optional.of("RSA of %d bits".formatted(bits));
    }
    if (bits % 8 != 0 || !rsa.getModulus().testBit(0)) {
      return Optional.of("an RSA modulus of %d bits, or an even one".formatted(bits));
    }
    if (WeakRsa.knownForm(rsa.getModulus())) {
      return Optional.of("an RSA modulus of a form that can be factored (CVE-2017-15361)");
    }
    boolean odd = exponent.signum() > 0 && exponent.testBit(0) && !exponent.equals(BigInteger.ONE);
    return odd && exponent.bitLength() <= MAX_EXPONENT_BITS
        ? Optional.empty()
        : Optional.of("an RSA exponent that is even, 1 or longer than 64 bits");
  }

  /** What is wrong with the algorithm that signed something. */
  static Optional<String> problem(AlgorithmIdentifier signature) {
    ASN1ObjectIdentifier algorithm = signature.getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return pss(signature);
    }
    return SIGNATURES.contains(algorithm) || PLAIN.contains(algorithm)
        ? Optional.empty()
        : Optional.of("algorithm " + algorithm);
  }

  /** RFC 4055, 3.1: the defaults are SHA-1, so a signature without parameters is refused. */
  private static Optional<String> pss(AlgorithmIdentifier signature) {
    try {
      var parameters = RSASSAPSSparams.getInstance(signature.getParameters());
      var digest = parameters == null ? null : parameters.getHashAlgorithm().getAlgorithm();
      var mask =
          parameters == null
              ? null
              : AlgorithmIdentifier.getInstance(parameters.getMaskGenAlgorithm().getParameters())
                  .getAlgorithm();
      return digest != null && DIGESTS.contains(digest) && digest.equals(mask)
          ? Optional.empty()
          : Optional.of("RSASSA-PSS without SHA-256, SHA-384 or SHA-512 for message and mask");
    } catch (RuntimeException e) {
      return Optional.of("RSASSA-PSS parameters that cannot be read");
    }
  }
}
