// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * One key and its chain as a PKCS#12 file, RFC 7292 5.1: what openssl and keytool write as well.
 */
final class Pkcs12Writer {
  private final Pkcs12File.Entry entry;
  private final KeyProtection.Encrypted protection;

  private Pkcs12Writer(Pkcs12File.Entry entry, KeyProtection.Encrypted protection) {
    this.entry = entry;
    this.protection = protection;
  }

  static Bytes encode(Pkcs12File.Entry entry, Passphrase passphrase)
      throws IOException, GeneralSecurityException {
    var protection = new KeyProtection.Encrypted(passphrase);
    var writer = new Pkcs12Writer(entry, protection);
    var contents = new ASN1EncodableVector();
    if (!entry.chain().isEmpty()) {
      contents.add(writer.certificates());
    }
    contents.add(writer.key());
    byte[] safe = new DERSequence(contents).getEncoded("DER");
    var pfx = new Pfx(data(safe), Pkcs12Mac.over(safe, passphrase, protection.salt()));
    return Bytes.copyOf(pfx.getEncoded("DER"));
  }

  private static ContentInfo data(byte[] content) {
    return new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(content));
  }

  private ContentInfo certificates() throws IOException, GeneralSecurityException {
    var bags = new ASN1EncodableVector();
    for (X509CertificateHolder certificate : entry.chain()) {
      var bag =
          new CertBag(
              PKCSObjectIdentifiers.x509Certificate, new DEROctetString(certificate.getEncoded()));
      boolean own = certificate.equals(entry.chain().getFirst());
      bags.add(new SafeBag(PKCSObjectIdentifiers.certBag, bag, own ? attributes() : new DERSet()));
    }
    var sealed =
        Pbes2.encrypt(
            new DERSequence(bags).getEncoded("DER"), protection.passphrase(), protection.salt());
    return new ContentInfo(
        PKCSObjectIdentifiers.encryptedData,
        new EncryptedData(
            PKCSObjectIdentifiers.data,
            sealed.algorithm(),
            new DEROctetString(sealed.content().toArray())));
  }

  private ContentInfo key() throws IOException, GeneralSecurityException {
    byte[] der = KeyFile.exportable(entry.key()).privateKeyInfo().getEncoded("DER");
    try {
      var bag =
          new SafeBag(
              PKCSObjectIdentifiers.pkcs8ShroudedKeyBag,
              KeyFile.encrypted(der, protection),
              attributes());
      return data(new DERSequence(bag).getEncoded("DER"));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  /** friendlyName and localKeyId: what ties the key to its certificate. */
  private ASN1Set attributes() throws IOException {
    var id = HashAlgorithm.SHA256.digest(Bytes.copyOf(entry.key().publicKey().getEncoded("DER")));
    var attributes = new ASN1EncodableVector();
    if (!entry.alias().isEmpty()) {
      attributes.add(
          attribute(PKCSObjectIdentifiers.pkcs_9_at_friendlyName, new DERBMPString(entry.alias())));
    }
    attributes.add(
        attribute(
            PKCSObjectIdentifiers.pkcs_9_at_localKeyId, new DEROctetString(id.value().toArray())));
    return new DERSet(attributes);
  }

  private static Attribute attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new Attribute(type, new DERSet(value));
  }
}
