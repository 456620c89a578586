// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiTime;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
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
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Signed updates in every shape, right and wrong: what is signed and what is written are said
 * apart.
 */
final class UpdateBuilder {
  static final Instant TIME = Instant.parse("2026-11-22T12:00:00Z");

  private static final AlgorithmIdentifier RSA =
      new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);

  private final List<Identity> signers = new ArrayList<>();
  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private final Bytes data;
  private String name;
  private EfiGuid vendor;
  private long attributes = 0x27;
  private HashAlgorithm digest = HashAlgorithm.SHA256;
  private boolean withAttributes;
  private boolean wrapped;
  private boolean embedded;
  private ASN1ObjectIdentifier signedType = PKCSObjectIdentifiers.data;

  UpdateBuilder(String name, EfiGuid vendor, Bytes data) {
    this.name = name;
    this.vendor = vendor;
    this.data = data;
  }

  UpdateBuilder by(Identity signer) {
    signers.add(signer);
    return with(signer.certificate());
  }

  /** A signer whose certificate does not travel with the signature. */
  UpdateBuilder byAbsent(Identity signer) {
    signers.add(signer);
    return this;
  }

  UpdateBuilder with(X509CertificateHolder certificate) {
    certificates.add(certificate);
    return this;
  }

  UpdateBuilder signedName(String other) {
    name = other;
    return this;
  }

  UpdateBuilder signedVendor(EfiGuid other) {
    vendor = other;
    return this;
  }

  UpdateBuilder append() {
    attributes = 0x67;
    return this;
  }

  UpdateBuilder sha1() {
    digest = HashAlgorithm.SHA1;
    return this;
  }

  UpdateBuilder attributes(ASN1ObjectIdentifier contentType) {
    withAttributes = true;
    signedType = contentType;
    return this;
  }

  UpdateBuilder wrapped() {
    wrapped = true;
    return this;
  }

  UpdateBuilder embedded() {
    embedded = true;
    return this;
  }

  /** The whole file. */
  Bytes build() throws IOException {
    Bytes signedData = Bytes.copyOf(signedData().getEncoded("DER"));
    return BinaryWriter.littleEndian()
        .bytes(EfiTime.of(TIME).encoded())
        .u32(24 + signedData.size())
        .u16(0x0200)
        .u16(0x0ef1)
        .bytes(EfiGuid.PKCS7.encode())
        .bytes(signedData)
        .bytes(data)
        .toBytes();
  }

  private Bytes message() {
    return BinaryWriter.littleEndian()
        .bytes(name.getBytes(StandardCharsets.UTF_16LE))
        .bytes(vendor.encode())
        .u32(attributes)
        .bytes(EfiTime.of(TIME).encoded())
        .bytes(data)
        .toBytes();
  }

  private AlgorithmIdentifier digestAlgorithm() {
    var oid =
        digest == HashAlgorithm.SHA1
            ? OIWObjectIdentifiers.idSHA1
            : NISTObjectIdentifiers.id_sha256;
    return new AlgorithmIdentifier(oid, DERNull.INSTANCE);
  }

  private DERSequence signedData() throws IOException {
    var infos = new ASN1EncodableVector();
    for (Identity signer : signers) {
      infos.add(signerInfo(signer));
    }
    var content = new ASN1EncodableVector();
    content.add(PKCSObjectIdentifiers.data);
    if (embedded) {
      content.add(new DERTaggedObject(true, 0, new DEROctetString(message().toArray())));
    }
    var parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(1));
    parts.add(new DERSet(digestAlgorithm()));
    parts.add(new DERSequence(content));
    if (!certificates.isEmpty()) {
      var set = new ASN1EncodableVector();
      certificates.forEach(c -> set.add(c.toASN1Structure()));
      parts.add(new DERTaggedObject(false, 0, new DERSet(set)));
    }
    parts.add(new DERSet(infos));
    var bare = new DERSequence(parts);
    return wrapped
        ? sequence(PKCSObjectIdentifiers.signedData, new DERTaggedObject(true, 0, bare))
        : bare;
  }

  private DERSequence signerInfo(Identity signer) throws IOException {
    var certificate = signer.certificate();
    var parts = new ASN1EncodableVector();
    parts.add(new ASN1Integer(1));
    parts.add(new IssuerAndSerialNumber(certificate.getIssuer(), certificate.getSerialNumber()));
    parts.add(digestAlgorithm());
    Bytes message = message();
    if (withAttributes) {
      var attributes = signedAttributes(message);
      parts.add(new DERTaggedObject(false, 0, attributes));
      message = Bytes.copyOf(attributes.getEncoded("DER"));
    }
    parts.add(RSA);
    parts.add(new DEROctetString(signature(signer, message).toArray()));
    return new DERSequence(parts);
  }

  private DERSet signedAttributes(Bytes message) {
    var all = new ASN1EncodableVector();
    all.add(sequence(CMSAttributes.contentType, new DERSet(signedType)));
    all.add(
        sequence(
            CMSAttributes.messageDigest,
            new DERSet(new DEROctetString(digest.digest(message).value().toArray()))));
    return new DERSet(all);
  }

  /** A key of the suite signs by SHA-256 alone; a signature by SHA-1 is as wrong as its name. */
  private static Bytes signature(Identity signer, Bytes message) {
    return signer.key().sign(message);
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }
}
