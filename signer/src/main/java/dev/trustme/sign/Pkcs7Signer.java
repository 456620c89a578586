// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.Authenticode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
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
import org.bouncycastle.asn1.x509.DigestInfo;

/**
 * Writes the two PKCS#7 forms that kernels and firmware read; RFC 2315, 9, in DER. Both name the
 * signer by issuer and serial number and write rsaEncryption where newer CMS writers would name the
 * digest too, which the kernel refuses. Same key and content, same bytes.
 */
public final class Pkcs7Signer {
  private static final ASN1ObjectIdentifier SPC_PE_IMAGE_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.15");

  private final RoleKey signer;
  private final HashAlgorithm digest;

  public Pkcs7Signer(RoleKey signer) {
    this.signer = signer;
    this.digest =
        SignatureScheme.digest(signer.key().publicKey())
            .orElseThrow(() ->
                new IllegalArgumentException("kernels and firmware take RSA and EC keys only"));
  }

  /** Whether kernels verify signatures by such a key: RSA (PKCS#1 v1.5) and EC. */
  public static boolean takes(RoleKey key) {
    return SignatureScheme.digest(key.key().publicKey()).isPresent();
  }

  /**
   * A signature beside the message: no content, certificates or attributes, and no parameters after
   * the digest's name. The form of Linux, scripts/sign-file.c.
   */
  public Bytes detached(Bytes message) {
    var digestAlgorithm = new AlgorithmIdentifier(digestOid());
    var info =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1Integer(1),
              signerId(),
              digestAlgorithm,
              signatureAlgorithm(),
              new DEROctetString(signer.key().sign(message).toArray())
            });
    return signedData(
        digestAlgorithm, new DERSequence(CMSObjectIdentifiers.data), Optional.empty(), info);
  }

  /**
   * An Authenticode signature over the digest of a PE image, with the signer's chain. Windows
   * Authenticode PE Signature Format 1.0. There is no signing time: firmware does not read it.
   */
  public Bytes authenticode(Digest image) {
    var sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    var indirect = indirectData(new DigestInfo(sha256, image.value().toArray()));
    var attributes = attributes(indirect);
    var info =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1Integer(1),
              signerId(),
              sha256,
              new DERTaggedObject(false, 0, attributes),
              signatureAlgorithm(),
              new DEROctetString(signer.key().sign(encode(attributes)).toArray())
            });
    var content =
        new DERSequence(
            new ASN1Encodable[] {
              Authenticode.SPC_INDIRECT_DATA, new DERTaggedObject(true, 0, indirect)
            });
    var chain = new ASN1EncodableVector();
    signer.chain().forEach(certificate -> chain.add(certificate.toASN1Structure()));
    return signedData(
        sha256, content, Optional.of(new DERTaggedObject(false, 0, new DERSet(chain))), info);
  }

  /**
   * <pre>
   * SpcIndirectDataContent { { SPC_PE_IMAGE_DATA, { flags BIT STRING, file [0] { [2] { [0]
   *   BMPString "&lt;&lt;&lt;Obsolete&gt;&gt;&gt;" } } } }, DigestInfo }
   * </pre>
   */
  private static DERSequence indirectData(DigestInfo digest) {
    var obsolete = new DERTaggedObject(false, 0, new DERBMPString("<<<Obsolete>>>"));
    var file = new DERTaggedObject(true, 0, new DERTaggedObject(true, 2, obsolete));
    var peImageData = new DERSequence(new DERBitString(new byte[0]), file);
    return new DERSequence(new DERSequence(SPC_PE_IMAGE_DATA, peImageData), digest);
  }

  /** contentType and messageDigest, the latter over the content without its tag and length. */
  private static DERSet attributes(DERSequence content) {
    var digest = HashAlgorithm.SHA256.newDigest();
    for (ASN1Encodable part : content) {
      digest.update(encode(part).buffer());
    }
    var attributes = new ASN1EncodableVector();
    attributes.add(
        new Attribute(CMSAttributes.contentType, new DERSet(Authenticode.SPC_INDIRECT_DATA)));
    attributes.add(
        new Attribute(
            CMSAttributes.messageDigest, new DERSet(new DEROctetString(digest.digest()))));
    return new DERSet(attributes);
  }

  private static Bytes signedData(
      AlgorithmIdentifier digestAlgorithm,
      ASN1Encodable content,
      Optional<ASN1Encodable> certificates,
      ASN1Encodable signerInfo) {
    var data = new ASN1EncodableVector();
    data.add(new ASN1Integer(1));
    data.add(new DERSet(digestAlgorithm));
    data.add(content);
    certificates.ifPresent(data::add);
    data.add(new DERSet(signerInfo));
    var tagged = new DERTaggedObject(true, 0, new DERSequence(data));
    return encode(new DERSequence(new ASN1Encodable[] {CMSObjectIdentifiers.signedData, tagged}));
  }

  private IssuerAndSerialNumber signerId() {
    return new IssuerAndSerialNumber(signer.certificate().toASN1Structure());
  }

  private ASN1ObjectIdentifier digestOid() {
    return switch (digest) {
      case SHA256 -> NISTObjectIdentifiers.id_sha256;
      case SHA384 -> NISTObjectIdentifiers.id_sha384;
      case SHA512 -> NISTObjectIdentifiers.id_sha512;
      case SHA1, SHA3_256, SHA3_384, SHA3_512 ->
          throw new IllegalStateException("no signature scheme uses " + digest);
    };
  }

  private AlgorithmIdentifier signatureAlgorithm() {
    var key = signer.key().publicKey().getAlgorithm().getAlgorithm();
    return key.equals(PKCSObjectIdentifiers.rsaEncryption)
        ? new AlgorithmIdentifier(key, DERNull.INSTANCE)
        : signer.key().algorithm();
  }

  private static Bytes encode(ASN1Encodable value) {
    try {
      return Bytes.copyOf(value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
  }
}
