// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.pkcs11.Mechanism;
import dev.trustme.pkcs11.Pkcs11Module;
import dev.trustme.pkcs11.TokenPrivateKey;
import dev.trustme.pkcs11.TokenSession;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;

/**
 * A private key in a PKCS#11 token, with one session for all its signatures. RSASSA-PSS is the
 * token's (CKM_RSA_PKCS_PSS) where it can, else padded here and finished by its bare RSA operation
 * (CKM_RSA_X_509).
 */
final class TokenKey extends RemoteKey {
  private final Pkcs11Module module;
  private final TokenSession session;
  private final TokenPrivateKey key;

  /** Closes the session and lets go of the module with the key. */
  TokenKey(
      Pkcs11Module module,
      TokenSession session,
      TokenPrivateKey key,
      SubjectPublicKeyInfo publicKey)
      throws IOException {
    super(publicKey, schemeOf(session.token().toString(), publicKey));
    this.module = module;
    this.session = session;
    this.key = key;
  }

  @Override
  String where() {
    return session.token().toString();
  }

  @Override
  Bytes sign(SignatureAlgorithm by, Bytes input) throws IOException {
    return switch (by) {
      case RsaPkcs1 rsa -> key.signPkcs1(OwnSignature.digestInfo(rsa, input));
      case RsaPss pss -> pss(pss, input);
      case Ecdsa ecdsa -> OwnSignature.derOfPair(publicKey(), key.signEcdsa(input));
      case Ed25519 ed25519 -> key.signEddsa(input);
      case MlDsa mlDsa -> throw new IOException(where() + ": cannot sign by ML-DSA");
    };
  }

  private Bytes pss(RsaPss pss, Bytes digest) throws IOException {
    int bits = OwnSignature.rsa(publicKey()).getModulus().bitLength();
    if (session.can(Mechanism.CKM_RSA_PKCS_PSS, bits)) {
      return key.signPss(pss.hash(), pss.saltLength(), digest);
    }
    if (!session.can(Mechanism.CKM_RSA_X_509, bits)) {
      throw new IOException(
          where() + ": can neither sign by RSASSA-PSS nor do the bare RSA operation");
    }
    var signer = OwnSignature.pss(new BareRsa(), pss);
    signer.init(true, OwnSignature.rsa(publicKey()));
    signer.update(digest.toArray(), 0, digest.size());
    try {
      return Bytes.copyOf(signer.generateSignature());
    } catch (CryptoException e) {
      throw new IOException(where() + ": cannot sign: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The token's RSA operation, as the padding wants to see it. */
  private final class BareRsa implements AsymmetricBlockCipher {
    private int size;

    @Override
    public void init(boolean forSigning, CipherParameters parameters) {
      try {
        size = (OwnSignature.rsa(publicKey()).getModulus().bitLength() + 7) / 8;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int getInputBlockSize() {
      return size;
    }

    @Override
    public int getOutputBlockSize() {
      return size;
    }

    @Override
    public byte[] processBlock(byte[] in, int from, int count) {
      var block = new byte[size];
      System.arraycopy(in, from, block, size - count, count);
      try {
        return key.signRaw(Bytes.copyOf(block)).toArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    module.close();
  }
}
