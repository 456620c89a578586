// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.Acceleration;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureScheme;
import dev.trustme.trust.WeakRsa;
import java.io.IOException;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.DataLengthException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/** Signatures as TPMs make them. TPM 2.0 Part 1, annexes B and C. */
public final class TpmSignatures {
  private static final Set<HashAlgorithm> SHA2 =
      EnumSet.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512);
  private static final int MIN_RSA_BITS = 2048;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65537);

  private TpmSignatures() {}

  /** What makes a key too weak for anybody to rely on its signatures. */
  static Optional<String> weakness(AsymmetricKeyParameter key) {
    if (!(key instanceof RSAKeyParameters rsa)) {
      return key instanceof ECPublicKeyParameters
          ? Optional.empty()
          : Optional.of("neither RSA nor EC");
    }
    if (rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      return Optional.of("RSA of %d bits".formatted(rsa.getModulus().bitLength()));
    }
    if (rsa.getExponent().compareTo(MIN_EXPONENT) < 0) {
      return Optional.of("RSA with the exponent " + rsa.getExponent());
    }
    return WeakRsa.knownForm(rsa.getModulus())
        ? Optional.of("an RSA modulus of a form that can be factored (CVE-2017-15361)")
        : Optional.empty();
  }

  /** Whether a key of this type makes signatures of this scheme, and is strong enough to count. */
  public static boolean fits(AsymmetricKeyParameter key, TpmtSignature signature) {
    return switch (signature) {
      case TpmtSignature.Rsa rsa ->
          key instanceof RSAKeyParameters rsaKey
              && rsaKey.getModulus().bitLength() >= MIN_RSA_BITS
              && rsaKey.getExponent().compareTo(MIN_EXPONENT) >= 0
              && rsa.sig().size() == (rsaKey.getModulus().bitLength() + 7) / 8;
      case TpmtSignature.Ecdsa ecdsa -> key instanceof ECPublicKeyParameters;
    };
  }

  /** Whether the key made the signature over the message; SHA-1 never counts. */
  public static boolean verify(AsymmetricKeyParameter key, TpmtSignature signature, Bytes message) {
    if (!fits(key, signature) || signature.hash() == HashAlgorithm.SHA1) {
      return false;
    }
    return accelerated(key, signature, message)
        || switch (signature) {
          case TpmtSignature.Rsa rsa -> rsa((RSAKeyParameters) key, rsa, message);
          case TpmtSignature.Ecdsa ecdsa -> ecdsa(key, ecdsa, message);
        };
  }

  /** Where a batch has loaded something faster: it only ever says yes. */
  private static boolean accelerated(
      AsymmetricKeyParameter key, TpmtSignature signature, Bytes message) {
    if (Acceleration.provider().isEmpty() || !SHA2.contains(signature.hash())) {
      return false;
    }
    try {
      var info = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key);
      return switch (signature) {
        case TpmtSignature.Rsa rsa ->
            rsa.sigAlg() == TpmAlgId.TPM_ALG_RSASSA
                && SignatureScheme.verify(
                    info, new RsaPkcs1(rsa.hash()).identifier(), message, rsa.sig());
        case TpmtSignature.Ecdsa ecdsa ->
            SignatureScheme.verify(
                info, new Ecdsa(ecdsa.hash()).identifier(), message, der(key, ecdsa));
      };
    } catch (IOException | IllegalArgumentException e) {
      return false; // Numbers that have no such encoding; the library's own code says no as well.
    }
  }

  private static Bytes der(AsymmetricKeyParameter key, TpmtSignature.Ecdsa signature)
      throws IOException {
    return Bytes.copyOf(
        StandardDSAEncoding.INSTANCE.encode(
            ((ECPublicKeyParameters) key).getParameters().getN(),
            new BigInteger(1, signature.signatureR().toArray()),
            new BigInteger(1, signature.signatureS().toArray())));
  }

  private static boolean ecdsa(
      AsymmetricKeyParameter key, TpmtSignature.Ecdsa signature, Bytes message) {
    var signer = new ECDSASigner();
    signer.init(false, key);
    return signer.verifySignature(
        signature.hash().digest(message).value().toArray(),
        new BigInteger(1, signature.signatureR().toArray()),
        new BigInteger(1, signature.signatureS().toArray()));
  }

  private static boolean rsa(RSAKeyParameters key, TpmtSignature.Rsa signature, Bytes message) {
    HashAlgorithm hash = signature.hash();
    if (signature.sigAlg() == TpmAlgId.TPM_ALG_RSASSA) {
      return verified(new RSADigestSigner(digest(hash)), key, signature.sig(), message);
    }
    // TPMs salt with as many bytes as the digest has, or (FIPS 186-4 aside) as many as fit.
    int largest = (key.getModulus().bitLength() + 6) / 8 - hash.size() - 2;
    return verified(pss(hash, hash.size()), key, signature.sig(), message)
        || verified(pss(hash, largest), key, signature.sig(), message);
  }

  private static Signer pss(HashAlgorithm hash, int saltBytes) {
    return new PSSSigner(new RSAEngine(), digest(hash), saltBytes);
  }

  private static boolean verified(
      Signer signer, RSAKeyParameters key, Bytes signature, Bytes message) {
    signer.init(false, key);
    signer.update(message.toArray(), 0, message.size());
    try {
      return signer.verifySignature(signature.toArray());
    } catch (DataLengthException e) {
      // A number that is not below the modulus is no signature of this key.
      return false;
    }
  }

  private static Digest digest(HashAlgorithm hash) {
    return switch (hash) {
      case SHA1 -> throw new IllegalArgumentException("SHA-1 signatures do not count");
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      case SHA3_256, SHA3_384, SHA3_512 -> new SHA3Digest(hash.size() * 8);
    };
  }
}
