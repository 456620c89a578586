// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;

/**
 * An RSA key in the hands of the provider of {@link dev.trustme.trust.Acceleration}, for
 * RSASSA-PKCS1-v1_5 alone: that signature has one value, whoever computes it. The provider's ECDSA
 * takes random nonces, so it never signs for us.
 */
record AcceleratedRsa(Provider provider, PrivateKey key) {
  /** Empty where the provider does not take the key. */
  static Optional<AcceleratedRsa> of(Provider provider, PrivateKeyInfo key) {
    try {
      var encoded = new PKCS8EncodedKeySpec(key.getEncoded("DER"));
      return Optional.of(
          new AcceleratedRsa(
              provider, KeyFactory.getInstance("RSA", provider).generatePrivate(encoded)));
    } catch (GeneralSecurityException | IOException e) {
      return Optional.empty();
    }
  }

  /** A signer for one message; empty where the algorithm is another. */
  Optional<ContentSigner> signer(SignatureAlgorithm algorithm, AlgorithmIdentifier by) {
    return algorithm instanceof RsaPkcs1 rsa
        ? Optional.of(signer(rsa.hash(), by))
        : Optional.empty();
  }

  private ContentSigner signer(HashAlgorithm hash, AlgorithmIdentifier by) {
    try {
      var signature = Signature.getInstance(hash + "withRSA", provider);
      signature.initSign(key);
      return new InTheMaking(signature, by);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the provider took the key", e);
    }
  }

  void close() {
    try {
      key.destroy();
    } catch (DestroyFailedException e) {
      return; // Then the collector frees it.
    }
  }

  /** One signature in the making. */
  private record InTheMaking(Signature signature, AlgorithmIdentifier algorithm)
      implements ContentSigner {
    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm;
    }

    @Override
    public OutputStream getOutputStream() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] part, int from, int count) throws IOException {
          try {
            signature.update(part, from, count);
          } catch (SignatureException e) {
            throw new IOException(e);
          }
        }
      };
    }

    @Override
    public byte[] getSignature() {
      try {
        return signature.sign();
      } catch (SignatureException e) {
        throw new IllegalStateException("the key cannot sign", e);
      }
    }
  }
}
