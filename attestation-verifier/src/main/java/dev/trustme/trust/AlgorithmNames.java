// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** {@link SignatureAlgorithm} to AlgorithmIdentifier and back. */
final class AlgorithmNames {
  static final Map<Integer, ASN1ObjectIdentifier> ML_DSA =
      Map.of(
          44,
          NISTObjectIdentifiers.id_ml_dsa_44,
          65,
          NISTObjectIdentifiers.id_ml_dsa_65,
          87,
          NISTObjectIdentifiers.id_ml_dsa_87);

  /** The names of what is done with one digest. */
  private record Names(
      ASN1ObjectIdentifier digest, ASN1ObjectIdentifier rsa, ASN1ObjectIdentifier ecdsa) {}

  private static final Map<HashAlgorithm, Names> SHA2 =
      Map.of(
          HashAlgorithm.SHA256,
          new Names(
              NISTObjectIdentifiers.id_sha256,
              PKCSObjectIdentifiers.sha256WithRSAEncryption,
              X9ObjectIdentifiers.ecdsa_with_SHA256),
          HashAlgorithm.SHA384,
          new Names(
              NISTObjectIdentifiers.id_sha384,
              PKCSObjectIdentifiers.sha384WithRSAEncryption,
              X9ObjectIdentifiers.ecdsa_with_SHA384),
          HashAlgorithm.SHA512,
          new Names(
              NISTObjectIdentifiers.id_sha512,
              PKCSObjectIdentifiers.sha512WithRSAEncryption,
              X9ObjectIdentifiers.ecdsa_with_SHA512));

  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(
          X9ObjectIdentifiers.prime256v1,
          SECObjectIdentifiers.secp384r1,
          SECObjectIdentifiers.secp521r1);

  private AlgorithmNames() {}

  static void requireSha2(HashAlgorithm hash) {
    if (!SHA2.containsKey(hash)) {
      throw new IllegalArgumentException("no key of ours signs with " + hash);
    }
  }

  private static Names names(HashAlgorithm hash) {
    var names = SHA2.get(hash);
    if (names == null) {
      throw new IllegalStateException("checked on construction");
    }
    return names;
  }

  static AlgorithmIdentifier identifier(SignatureAlgorithm algorithm) {
    return switch (algorithm) {
      case RsaPkcs1 rsa -> new AlgorithmIdentifier(names(rsa.hash()).rsa, DERNull.INSTANCE);
      case RsaPss pss ->
          new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters(pss));
      case Ecdsa ecdsa -> new AlgorithmIdentifier(names(ecdsa.hash()).ecdsa);
      case Ed25519 ed25519 -> new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
      case MlDsa mlDsa -> new AlgorithmIdentifier(ML_DSA.get(mlDsa.parameterSet()));
    };
  }

  /** As it stands in a DigestInfo and in RSASSA-PSS-params: with NULL. RFC 4055, 2.1. */
  static AlgorithmIdentifier digestIdentifier(HashAlgorithm hash) {
    return new AlgorithmIdentifier(names(hash).digest, DERNull.INSTANCE);
  }

  private static RSASSAPSSparams parameters(RsaPss pss) {
    var digest = digestIdentifier(pss.hash());
    return new RSASSAPSSparams(
        digest,
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, digest),
        new ASN1Integer(pss.saltLength()),
        RSASSAPSSparams.DEFAULT_TRAILER_FIELD);
  }

  static Optional<SignatureAlgorithm> algorithm(AlgorithmIdentifier identifier) {
    var oid = identifier.getAlgorithm();
    var parameters = identifier.getParameters();
    if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return pss(parameters).map(pss -> pss);
    }
    for (var names : SHA2.entrySet()) {
      if (oid.equals(names.getValue().rsa)) {
        return onlyIf(absentOrNull(parameters), new RsaPkcs1(names.getKey()));
      }
      if (oid.equals(names.getValue().ecdsa)) {
        return onlyIf(parameters == null, new Ecdsa(names.getKey()));
      }
    }
    for (var set : ML_DSA.entrySet()) {
      if (oid.equals(set.getValue())) {
        return onlyIf(parameters == null, new MlDsa(set.getKey()));
      }
    }
    return onlyIf(
        oid.equals(EdECObjectIdentifiers.id_Ed25519) && parameters == null, new Ed25519());
  }

  private static Optional<SignatureAlgorithm> onlyIf(boolean holds, SignatureAlgorithm algorithm) {
    return holds ? Optional.of(algorithm) : Optional.empty();
  }

  private static boolean absentOrNull(@Nullable ASN1Encodable parameters) {
    return parameters == null || DERNull.INSTANCE.equals(parameters);
  }

  /** RSASSA-PSS-params; empty where absent (SHA-1 by default), broken or not one of ours. */
  private static Optional<RsaPss> pss(@Nullable ASN1Encodable parameters) {
    if (parameters == null) {
      return Optional.empty();
    }
    try {
      var params = RSASSAPSSparams.getInstance(parameters);
      var mask = params.getMaskGenAlgorithm();
      var hash = hash(params.getHashAlgorithm());
      boolean usual =
          mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
              && hash.isPresent()
              && hash.equals(hash(AlgorithmIdentifier.getInstance(mask.getParameters())))
              && params.getTrailerField().equals(BigInteger.ONE);
      return usual
          ? Optional.of(new RsaPss(hash.orElseThrow(), params.getSaltLength().intValueExact()))
          : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<HashAlgorithm> hash(AlgorithmIdentifier digest) {
    return SHA2.entrySet().stream()
        .filter(names -> digest.getAlgorithm().equals(names.getValue().digest))
        .filter(names -> absentOrNull(digest.getParameters()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  static boolean fits(SignatureAlgorithm algorithm, AlgorithmIdentifier key) {
    var oid = key.getAlgorithm();
    return switch (algorithm) {
      case RsaPkcs1 rsa -> oid.equals(PKCSObjectIdentifiers.rsaEncryption);
      case RsaPss pss -> oid.equals(PKCSObjectIdentifiers.rsaEncryption) || allows(key, pss);
      case Ecdsa ecdsa ->
          oid.equals(X9ObjectIdentifiers.id_ecPublicKey)
              && CURVES.stream().anyMatch(curve -> curve.equals(key.getParameters()));
      case Ed25519 ed25519 -> oid.equals(EdECObjectIdentifiers.id_Ed25519);
      case MlDsa mlDsa -> oid.equals(ML_DSA.get(mlDsa.parameterSet()));
    };
  }

  /** In a key's parameters the salt length is the least one allowed. */
  private static boolean allows(AlgorithmIdentifier key, RsaPss pss) {
    if (!key.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
      return false;
    }
    return key.getParameters() == null
        || pss(key.getParameters())
            .filter(least -> least.hash() == pss.hash() && least.saltLength() <= pss.saltLength())
            .isPresent();
  }
}
