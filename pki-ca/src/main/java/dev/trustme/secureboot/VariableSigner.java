// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.secureboot;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.VariableUpdate;
import dev.trustme.bytes.Bytes;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Signs updates of authenticated variables, with an RSA key. The SignedData is what firmware is
 * known to take: version 1, SHA-256 as its one digest, no content, the signer's certificate, no
 * signed attributes; so the signature is over the signed bytes themselves. RFC 5652, 5.1; UEFI
 * 2.10, 8.2.2.
 */
public final class VariableSigner {
  private static final AlgorithmIdentifier SHA256 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
  private static final AlgorithmIdentifier RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
  private static final AlgorithmIdentifier SHA256_WITH_RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

  private final X509CertificateHolder certificate;
  private final SigningKey key;

  /** The certificate must be the key's, which must be an RSA key. */
  public VariableSigner(X509CertificateHolder certificate, SigningKey key) {
    if (!certificate.getSubjectPublicKeyInfo().equals(key.publicKey())) {
      throw new IllegalArgumentException("the certificate is not of this key");
    }
    this.certificate = certificate;
    this.key = key;
  }

  public X509CertificateHolder certificate() {
    return certificate;
  }

  /** The update with this key's signature: a {@code .auth} file. */
  public AuthenticatedVariable sign(VariableUpdate update) {
    Bytes signature = sign(update.signedBytes());
    return new AuthenticatedVariable(update.time(), signedData(signature), update.data());
  }

  private Bytes sign(Bytes message) {
    var signer = key.contentSigner(SHA256_WITH_RSA);
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }

  private Bytes signedData(Bytes signature) {
    var signerInfo =
        sequence(
            new ASN1Integer(1),
            new IssuerAndSerialNumber(certificate.getIssuer(), certificate.getSerialNumber()),
            SHA256,
            RSA,
            new DEROctetString(signature.toArray()));
    var signedData =
        sequence(
            new ASN1Integer(1),
            new DERSet(SHA256),
            sequence(PKCSObjectIdentifiers.data),
            new DERTaggedObject(false, 0, new DERSet(certificate.toASN1Structure())),
            new DERSet(signerInfo));
    try {
      return Bytes.copyOf(signedData.getEncoded("DER"));
    } catch (IOException e) {
      throw new IllegalStateException("a SignedData encodes", e);
    }
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }
}
