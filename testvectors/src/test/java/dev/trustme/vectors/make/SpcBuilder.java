// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.Authenticode;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.SignatureAlgorithm.RsaPkcs1;
import dev.trustme.uefi.PeImage;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.cert.X509CertificateHolder;

/** An Authenticode signature, right but for what is asked for. */
final class SpcBuilder {
  private static final ASN1ObjectIdentifier PE_IMAGE_DATA =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.15");
  private static final Map<HashAlgorithm, ASN1ObjectIdentifier> OIDS =
      Map.of(
          HashAlgorithm.SHA1, OIWObjectIdentifiers.idSHA1,
          HashAlgorithm.SHA256, NISTObjectIdentifiers.id_sha256,
          HashAlgorithm.SHA384, NISTObjectIdentifiers.id_sha384);

  private final PeImage image;
  private final Identity signer;
  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private final List<DLSequence> attributes = new ArrayList<>();
  private HashAlgorithm digest = HashAlgorithm.SHA256;
  private HashAlgorithm announced = HashAlgorithm.SHA256;
  private int digestSize = 32;
  private int signerInfos = 1;
  private int signerVersion = 1;
  private boolean unsorted;
  private byte[] messageAddition = {};
  private ASN1ObjectIdentifier contentType = Authenticode.SPC_INDIRECT_DATA;
  private ASN1ObjectIdentifier signedType = Authenticode.SPC_INDIRECT_DATA;
  private Bytes pages = Bytes.empty();

  SpcBuilder(Bytes file, Identity signer) throws FormatException {
    this.image = PeImage.parse(file);
    this.signer = signer;
    certificates.add(signer.certificate());
  }

  SpcBuilder digest(HashAlgorithm algorithm) {
    digest = algorithm;
    announced = algorithm;
    digestSize = algorithm.size();
    return this;
  }

  SpcBuilder announced(HashAlgorithm algorithm) {
    announced = algorithm;
    return this;
  }

  SpcBuilder digestSize(int size) {
    digestSize = size;
    return this;
  }

  SpcBuilder signerInfos(int count) {
    signerInfos = count;
    return this;
  }

  SpcBuilder signerVersion(int version) {
    signerVersion = version;
    return this;
  }

  SpcBuilder contentType(ASN1ObjectIdentifier type) {
    contentType = type;
    return this;
  }

  SpcBuilder signedType(ASN1ObjectIdentifier type) {
    signedType = type;
    return this;
  }

  /** The attribute contentType twice. */
  SpcBuilder contentTypeTwice() {
    attributes.add(sequence(CMSAttributes.contentType, new DERSet(signedType)));
    return this;
  }

  SpcBuilder otherMessageDigest() {
    messageAddition = new byte[] {1};
    return this;
  }

  SpcBuilder unsorted() {
    unsorted = true;
    return this;
  }

  SpcBuilder without(X509CertificateHolder certificate) {
    certificates.remove(certificate);
    return this;
  }

  SpcBuilder with(X509CertificateHolder certificate, int times) {
    for (int i = 0; i < times; i++) {
      certificates.add(certificate);
    }
    return this;
  }

  /** Page hashes by SHA-256: offsets and digests as they are. */
  SpcBuilder pages(Bytes table) {
    pages = table;
    return this;
  }

  private static DLSequence sequence(ASN1Encodable... elements) {
    return new DLSequence(elements);
  }

  private static AlgorithmIdentifier algorithm(HashAlgorithm hash) {
    return new AlgorithmIdentifier(OIDS.get(hash), DERNull.INSTANCE);
  }

  private DLSequence content() throws FormatException, IOException {
    var hash = image.authenticodeDigest(digest).value();
    var info =
        new DigestInfo(
            algorithm(digest), Bytes.concat(hash, Bytes.zeros(64)).slice(0, digestSize).toArray());
    var peImage = new ASN1EncodableVector();
    peImage.add(new DERBitString(new byte[0]));
    if (!pages.isEmpty()) {
      peImage.add(new DLTaggedObject(true, 0, new DLTaggedObject(false, 1, pageHashes())));
    }
    return sequence(sequence(PE_IMAGE_DATA, new DLSequence(peImage)), info);
  }

  private DLSequence pageHashes() throws IOException {
    var attribute =
        sequence(
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.3.2"),
            new DERSet(new DEROctetString(pages.toArray())));
    return sequence(
        new DEROctetString(Bytes.fromHex("a6b586d5b4a12466ae05a217da8e60d6").toArray()),
        new DEROctetString(new DERSet(attribute).getEncoded("DER")));
  }

  Bytes build() throws FormatException, IOException {
    var content = content();
    var infos = new ASN1EncodableVector();
    for (int i = 0; i < signerInfos; i++) {
      infos.add(signerInfo(content));
    }
    var set = new ASN1EncodableVector();
    certificates.forEach(c -> set.add(c.toASN1Structure()));
    var data =
        sequence(
            new ASN1Integer(1),
            new DERSet(algorithm(announced)),
            sequence(contentType, new DLTaggedObject(true, 0, content)),
            new DLTaggedObject(false, 0, new DLSet(set)),
            new DLSet(infos));
    var info = sequence(PKCSObjectIdentifiers.signedData, new DLTaggedObject(true, 0, data));
    return Bytes.copyOf(info.getEncoded("DL"));
  }

  private DLSequence signerInfo(DLSequence content) throws IOException {
    var certificate = signer.certificate();
    var hash = digest == HashAlgorithm.SHA1 ? HashAlgorithm.SHA256 : digest;
    var message = hash.newDigest();
    for (ASN1Encodable part : content) {
      message.update(part.toASN1Primitive().getEncoded("DER"));
    }
    List<DLSequence> all = new ArrayList<>(attributes);
    all.add(sequence(CMSAttributes.contentType, new DERSet(signedType)));
    message.update(messageAddition);
    all.add(
        sequence(CMSAttributes.messageDigest, new DERSet(new DEROctetString(message.digest()))));
    var ordered = new DERSet(all.toArray(ASN1Encodable[]::new));
    var carried = unsorted ? new DLSet(all.reversed().toArray(ASN1Encodable[]::new)) : ordered;
    return sequence(
        new ASN1Integer(signerVersion),
        new IssuerAndSerialNumber(certificate.getIssuer(), certificate.getSerialNumber()),
        algorithm(digest),
        new DLTaggedObject(false, 0, carried),
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
        new DEROctetString(signature(signer.key(), hash, ordered)));
  }

  private static byte[] signature(SigningKey key, HashAlgorithm hash, DERSet attributes)
      throws IOException {
    boolean rsa =
        key.publicKey().getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    var by = rsa ? key.contentSigner(new RsaPkcs1(hash).identifier()) : key.contentSigner();
    try (var out = by.getOutputStream()) {
      out.write(attributes.getEncoded("DER"));
    }
    return by.getSignature();
  }
}
