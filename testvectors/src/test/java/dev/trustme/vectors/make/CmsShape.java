// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.SignatureAlgorithm;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/** A detached PKCS#7 signature whose every part can be another than it should be. */
final class CmsShape {
  private final Identity signer;
  private final Bytes message;
  private int version = 1;
  private int signerVersion = 1;
  private ASN1ObjectIdentifier contentType = CMSObjectIdentifiers.data;
  private boolean content;
  private boolean attributes;
  private int signers = 1;
  private AlgorithmIdentifier listed = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
  private AlgorithmIdentifier digest = listed;
  private AlgorithmIdentifier algorithm =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
  private SignatureAlgorithm by =
      new SignatureAlgorithm.RsaPkcs1(dev.trustme.bytes.HashAlgorithm.SHA256);
  private List<X509CertificateHolder> certificates = List.of();

  CmsShape(Identity signer, Bytes message) {
    this.signer = signer;
    this.message = message;
  }

  CmsShape versions(int signedData, int signerInfo) {
    version = signedData;
    signerVersion = signerInfo;
    return this;
  }

  CmsShape contentType(ASN1ObjectIdentifier type) {
    contentType = type;
    return this;
  }

  CmsShape withContent() {
    content = true;
    return this;
  }

  CmsShape withAttributes() {
    attributes = true;
    return this;
  }

  CmsShape signers(int count) {
    signers = count;
    return this;
  }

  CmsShape listing(ASN1ObjectIdentifier digestAlgorithm) {
    listed = new AlgorithmIdentifier(digestAlgorithm);
    return this;
  }

  CmsShape digest(ASN1ObjectIdentifier digestAlgorithm) {
    digest = new AlgorithmIdentifier(digestAlgorithm);
    return listing(digestAlgorithm);
  }

  /** How the algorithm is named; how it is signed stays. */
  CmsShape named(AlgorithmIdentifier other) {
    algorithm = other;
    return this;
  }

  CmsShape signedBy(SignatureAlgorithm other) {
    by = other;
    return named(other.identifier());
  }

  CmsShape with(List<X509CertificateHolder> carried) {
    certificates = carried;
    return this;
  }

  Bytes encode() throws IOException {
    var data = new ASN1EncodableVector();
    data.add(new ASN1Integer(version));
    data.add(new DERSet(listed));
    data.add(
        content
            ? new DERSequence(
                new ASN1Encodable[] {
                  contentType, new DERTaggedObject(true, 0, new DEROctetString(message.toArray()))
                })
            : new DERSequence(contentType));
    if (!certificates.isEmpty()) {
      var set = new ASN1EncodableVector();
      certificates.forEach(c -> set.add(c.toASN1Structure()));
      data.add(new DERTaggedObject(false, 0, new DERSet(set)));
    }
    var infos = new ASN1EncodableVector();
    for (int i = 0; i < signers; i++) {
      infos.add(info());
    }
    data.add(new DERSet(infos));
    var tagged = new DERTaggedObject(true, 0, new DERSequence(data));
    var sequence = new DERSequence(new ASN1Encodable[] {CMSObjectIdentifiers.signedData, tagged});
    return Bytes.copyOf(sequence.getEncoded("DER"));
  }

  private DERSequence info() throws IOException {
    var info = new ASN1EncodableVector();
    info.add(new ASN1Integer(signerVersion));
    info.add(new IssuerAndSerialNumber(signer.certificate().toASN1Structure()));
    info.add(digest);
    Bytes signed = message;
    if (attributes) {
      var set = new DERSet(new Attribute(CMSAttributes.contentType, new DERSet(contentType)));
      info.add(new DERTaggedObject(false, 0, set));
      signed = Bytes.copyOf(set.getEncoded("DER"));
    }
    info.add(algorithm);
    info.add(new DEROctetString(signature(signed)));
    return new DERSequence(info);
  }

  private byte[] signature(Bytes signed) throws IOException {
    var content = signer.key().contentSigner(by.identifier());
    try (var out = content.getOutputStream()) {
      out.write(signed.toArray());
    }
    return content.getSignature();
  }
}
