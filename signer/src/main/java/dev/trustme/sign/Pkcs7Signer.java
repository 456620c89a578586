// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.Authenticode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.Subject;
import dev.trustme.trust.SignatureAlgorithm;
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
 * Writes the two PKCS#7 forms that kernels and firmware read; RFC 2315, 9, in DER. Both write
 * rsaEncryption where newer CMS writers would name the digest too, which the kernel refuses. Same
 * key and content, same bytes.
 */
public final class Pkcs7Signer {
  private static final ASN1ObjectIdentifier SPC_PE_IMAGE_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.15");

  private final RoleKey signer;
  private final Form form;

  /** How a detached signature names its signer and digest; versions follow from the name. */
  private record Form(HashAlgorithm digest, Optional<Bytes> keyId) {
    int version() {
      return keyId.isPresent() ? 3 : 1;
    }
  }

  /** Named by issuer and serial number, with the digest of the key's own scheme. */
  public Pkcs7Signer(RoleKey signer) {
    this(signer, new Form(defaultDigest(signer), Optional.empty()));
  }

  private Pkcs7Signer(RoleKey signer, Form form) {
    this.signer = signer;
    this.form = form;
  }

  /** Whether kernels verify detached signatures by such a key: RSA (PKCS#1 v1.5), EC, ML-DSA. */
  public static boolean takes(RoleKey key) {
    return SignatureScheme.algorithm(key.key().publicKey())
        .filter(scheme ->
            !(scheme instanceof SignatureAlgorithm.RsaPss)
                && !(scheme instanceof SignatureAlgorithm.Ed25519))
        .isPresent();
  }

  /** ML-DSA signs the message itself; RFC 9882, 3.3 has SHA-512 stand in its place. */
  private static HashAlgorithm defaultDigest(RoleKey signer) {
    if (!takes(signer)) {
      throw new IllegalArgumentException("kernels take RSA, EC and ML-DSA keys only");
    }
    return SignatureScheme.digest(signer.key().publicKey()).orElse(HashAlgorithm.SHA512);
  }

  /** Detached signatures with this SHA-2 digest; only RSA keys have a choice. */
  public Pkcs7Signer with(HashAlgorithm digest) {
    if (digest != form.digest() && !isRsa()) {
      throw new IllegalArgumentException("the key's type decides the digest: " + form.digest());
    }
    return new Pkcs7Signer(signer, new Form(digest, form.keyId()));
  }

  /** Detached signatures that name the signer by this subject key identifier. */
  public Pkcs7Signer byKeyId(Bytes keyId) {
    return new Pkcs7Signer(signer, new Form(form.digest(), Optional.of(keyId)));
  }

  /** The same for signatures about this. */
  public Pkcs7Signer about(Subject subject) {
    return new Pkcs7Signer(signer.about(subject), form);
  }

  public RoleKey signer() {
    return signer;
  }

  /** What the signatures look like: {@code sha256, issuer and serial}. */
  public String description() {
    return form.digest().label() + (form.keyId().isPresent() ? ", key id" : ", issuer and serial");
  }

  /**
   * A signature beside the message: no content, certificates or attributes, and no parameters after
   * the digest's name. The form of Linux, scripts/sign-file.c; ML-DSA as RFC 9882, 3.3 without
   * signed attributes.
   */
  public Bytes detached(Bytes message) {
    var digestAlgorithm = new AlgorithmIdentifier(digestOid());
    var info =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1Integer(form.version()),
              form.keyId().<ASN1Encodable>map(Pkcs7Signer::keyId).orElseGet(this::signerId),
              digestAlgorithm,
              signatureAlgorithm(),
              new DEROctetString(sign(message).toArray())
            });
    var content = new DERSequence(CMSObjectIdentifiers.data);
    return encode(
        signedData(
            new ASN1Encodable[] {
              new ASN1Integer(form.version()),
              new DERSet(digestAlgorithm),
              content,
              new DERSet(info)
            }));
  }

  private Bytes sign(Bytes message) {
    return isRsa()
        ? signer.sign(message, new SignatureAlgorithm.RsaPkcs1(form.digest()))
        : signer.key().sign(message);
  }

  private boolean isRsa() {
    return signer
        .key()
        .publicKey()
        .getAlgorithm()
        .getAlgorithm()
        .equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  private static ASN1Encodable keyId(Bytes keyId) {
    return new DERTaggedObject(false, 0, new DEROctetString(keyId.toArray()));
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
    return encode(
        signedData(
            new ASN1Encodable[] {
              new ASN1Integer(1),
              new DERSet(sha256),
              content,
              new DERTaggedObject(false, 0, new DERSet(chain)),
              new DERSet(info)
            }));
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

  private static DERSequence signedData(ASN1Encodable... parts) {
    var tagged = new DERTaggedObject(true, 0, new DERSequence(parts));
    return new DERSequence(new ASN1Encodable[] {CMSObjectIdentifiers.signedData, tagged});
  }

  private IssuerAndSerialNumber signerId() {
    return new IssuerAndSerialNumber(signer.certificate().toASN1Structure());
  }

  private ASN1ObjectIdentifier digestOid() {
    return switch (form.digest()) {
      case SHA256 -> NISTObjectIdentifiers.id_sha256;
      case SHA384 -> NISTObjectIdentifiers.id_sha384;
      case SHA512 -> NISTObjectIdentifiers.id_sha512;
      case SHA1, SHA3_256, SHA3_384, SHA3_512 ->
          throw new IllegalStateException("no signature scheme uses " + form.digest());
    };
  }

  private AlgorithmIdentifier signatureAlgorithm() {
    return isRsa()
        ? new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE)
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
