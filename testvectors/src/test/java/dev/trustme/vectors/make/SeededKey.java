// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.ContentSigner;

/**
 * A key that everybody can compute from its name, for vectors that are the same bytes whenever they
 * are made. Never use one for anything else.
 */
record SeededKey(String name, ASN1ObjectIdentifier curve) {
  static SeededKey p256(String name) {
    return new SeededKey(name, X9ObjectIdentifiers.prime256v1);
  }

  private ECNamedDomainParameters domain() {
    return new ECNamedDomainParameters(curve, ECNamedCurveTable.getByOID(curve));
  }

  private BigInteger scalar() {
    var seed = HashAlgorithm.SHA256.digest(Bytes.utf8("trustme test vectors: " + name));
    var order = domain().getN().subtract(BigInteger.ONE);
    return new BigInteger(1, seed.value().toArray()).mod(order).add(BigInteger.ONE);
  }

  SubjectPublicKeyInfo info() {
    var point = domain().getG().multiply(scalar()).normalize();
    try {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
          new ECPublicKeyParameters(point, domain()));
    } catch (IOException e) {
      throw new IllegalStateException("a key encodes", e);
    }
  }

  ContentSigner signer() {
    return new Signer(this, X9ObjectIdentifiers.ecdsa_with_SHA256, new SHA256Digest());
  }

  /** What no path may have. */
  ContentSigner signerWithSha1() {
    return new Signer(this, X9ObjectIdentifiers.ecdsa_with_SHA1, new SHA1Digest());
  }

  /** ECDSA with nonces of RFC 6979. */
  private record Signer(
      SeededKey key, ASN1ObjectIdentifier algorithm, Digest digest, ByteArrayOutputStream content)
      implements ContentSigner {
    Signer(SeededKey key, ASN1ObjectIdentifier algorithm, Digest digest) {
      this(key, algorithm, digest, new ByteArrayOutputStream());
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new AlgorithmIdentifier(algorithm);
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      var signed = content.toByteArray();
      digest.update(signed, 0, signed.length);
      var hash = new byte[digest.getDigestSize()];
      digest.doFinal(hash, 0);
      var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
      signer.init(true, new ECPrivateKeyParameters(key.scalar(), key.domain()));
      var parts = signer.generateSignature(hash);
      try {
        return StandardDSAEncoding.INSTANCE.encode(key.domain().getN(), parts[0], parts[1]);
      } catch (IOException e) {
        throw new IllegalStateException("a signature encodes", e);
      }
    }
  }
}
