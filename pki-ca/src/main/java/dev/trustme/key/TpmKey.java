// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.tpm.TpmAlgId;
import dev.trustme.tpm.TpmtScheme;
import dev.trustme.tpm.TpmtSignature;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.trust.SignatureAlgorithm.Ecdsa;
import dev.trustme.trust.SignatureAlgorithm.Ed25519;
import dev.trustme.trust.SignatureAlgorithm.MlDsa;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.trust.SignatureAlgorithm.RsaPss;
import dev.trustme.tss.TpmObject;
import dev.trustme.tss.TssContext;
import java.io.IOException;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A private key in a TPM, loaded for as long as it is open. */
final class TpmKey extends RemoteKey {
  private final String where;
  private final TssContext tss;
  private final TpmObject key;

  /** Unloads the key and closes the connection with itself. */
  TpmKey(String where, TssContext tss, TpmObject key, SubjectPublicKeyInfo publicKey)
      throws IOException {
    super(publicKey, schemeOf(where, publicKey));
    this.where = where;
    this.tss = tss;
    this.key = key;
  }

  @Override
  String where() {
    return where;
  }

  @Override
  Bytes sign(SignatureAlgorithm by, Bytes input) throws IOException {
    return switch (by) {
      case RsaPkcs1 rsa -> sign(TpmAlgId.TPM_ALG_RSASSA, new Digest(rsa.hash(), input));
      case RsaPss pss -> sign(TpmAlgId.TPM_ALG_RSAPSS, new Digest(pss.hash(), input));
      case Ecdsa ecdsa -> sign(TpmAlgId.TPM_ALG_ECDSA, new Digest(ecdsa.hash(), input));
      case Ed25519 ed25519 -> throw new IOException(where + ": cannot sign by Ed25519");
      case MlDsa mlDsa -> throw new IOException(where + ": cannot sign by ML-DSA");
    };
  }

  /** Signs zeros, which shows that the key may be used. */
  void prove() throws IOException {
    var by = SignatureAlgorithm.of(algorithm()).orElseThrow();
    var unused = sign(by, Bytes.zeros(by.digest().orElseThrow().size()));
  }

  private synchronized Bytes sign(TpmAlgId scheme, Digest digest) throws IOException {
    var signature = tss.keys().sign(key, digest, TpmtScheme.of(scheme, digest.algorithm()));
    return switch (signature) {
      case TpmtSignature.Rsa rsa -> rsa.sig();
      case TpmtSignature.Ecdsa ecdsa ->
          OwnSignature.der(publicKey(), ecdsa.signatureR(), ecdsa.signatureS());
    };
  }

  @Override
  public synchronized void close() {
    try (tss) {
      key.close();
    } catch (IOException e) {
      return; // A TPM that is gone, or was restarted, has nothing loaded any more.
    }
  }
}
