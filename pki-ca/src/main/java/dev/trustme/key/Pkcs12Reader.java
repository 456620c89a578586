// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.StrictDer;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.AuthenticatedSafe;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.cert.X509CertificateHolder;

/** The keys and certificates of a PKCS#12 file, RFC 7292 4. */
final class Pkcs12Reader implements AutoCloseable {
  static final String CONVERT =
      "convert it by 'openssl pkcs12 -legacy -nodes -in OLD | openssl pkcs12 -export -out NEW'";

  /** A key with its friendlyName. */
  record KeyBag(String alias, SoftwareKey key) {}

  private final Passphrase passphrase;
  private final String name;
  private final List<KeyBag> keys = new ArrayList<>();
  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private boolean handedOver;

  private Pkcs12Reader(Passphrase passphrase, String name) {
    this.passphrase = passphrase;
    this.name = name;
  }

  /** What runs over the library's views of parsed ASN.1, which check themselves when looked at. */
  @FunctionalInterface
  private interface Step<T> {
    T take() throws IOException, FormatException, GeneralSecurityException;
  }

  static Pkcs12Reader read(Bytes content, Passphrase passphrase, String name)
      throws IOException, FormatException, GeneralSecurityException {
    var reader = new Pkcs12Reader(passphrase, name);
    try {
      ASN1Primitive der = StrictDer.parse(content, "PFX");
      guarded(() -> {
        reader.readFile(Pfx.getInstance(der));
        return reader;
      });
      return reader;
    } catch (IOException | FormatException | GeneralSecurityException e) {
      reader.close();
      throw e;
    }
  }

  private static <T> T guarded(Step<T> step)
      throws IOException, FormatException, GeneralSecurityException {
    try {
      return step.take();
    } catch (IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      throw malformed("is not PKCS#12");
    }
  }

  List<KeyBag> keys() {
    return keys;
  }

  List<X509CertificateHolder> certificates() {
    return certificates;
  }

  /** The keys live on: closing this leaves them alone. */
  void handedOver() {
    handedOver = true;
  }

  private void readFile(Pfx pfx) throws IOException, FormatException, GeneralSecurityException {
    if (pfx.getMacData() == null) {
      throw malformed("has no MAC by a passphrase");
    }
    byte[] safe = data(pfx.getAuthSafe());
    Pkcs12Mac.check(pfx.getMacData(), safe, passphrase, name);
    for (ContentInfo info : AuthenticatedSafe.getInstance(parse(safe)).getContentInfo()) {
      if (info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
        readEncrypted(EncryptedData.getInstance(info.getContent()));
      } else {
        readBags(data(info));
      }
    }
  }

  private static byte[] data(ContentInfo info) throws FormatException {
    if (!info.getContentType().equals(PKCSObjectIdentifiers.data)) {
      throw malformed("expected content of type data, found " + info.getContentType());
    }
    return ASN1OctetString.getInstance(info.getContent()).getOctets();
  }

  private static ASN1Primitive parse(byte[] der) throws FormatException {
    return StrictDer.parse(Bytes.copyOf(der), "PFX");
  }

  private void readEncrypted(EncryptedData data)
      throws IOException, FormatException, GeneralSecurityException {
    var sealed =
        new Pbes2.Sealed(
            data.getEncryptionAlgorithm(), Bytes.copyOf(data.getContent().getOctets()));
    byte[] bags = decrypt(sealed);
    try {
      readBags(bags);
    } finally {
      Arrays.fill(bags, (byte) 0);
    }
  }

  private byte[] decrypt(Pbes2.Sealed sealed)
      throws IOException, FormatException, GeneralSecurityException {
    if (!sealed.algorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
      throw malformed(
          "expected encryption by PBES2, found %s; %s"
              .formatted(sealed.algorithm().getAlgorithm(), CONVERT));
    }
    return Pbes2.decrypt(sealed, passphrase, name);
  }

  private void readBags(byte[] safeContents)
      throws IOException, FormatException, GeneralSecurityException {
    for (ASN1Encodable element : ASN1Sequence.getInstance(parse(safeContents))) {
      var bag = SafeBag.getInstance(element);
      var type = bag.getBagId();
      if (type.equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
        readKey(bag, decrypt(KeyFile.encrypted(der(bag))));
      } else if (type.equals(PKCSObjectIdentifiers.keyBag)) {
        readKey(bag, der(bag));
      } else if (type.equals(PKCSObjectIdentifiers.certBag)) {
        readCertificate(CertBag.getInstance(bag.getBagValue()));
      } else {
        throw malformed("expected keys and certificates, found a bag of type " + type);
      }
    }
  }

  private static byte[] der(SafeBag bag) throws IOException {
    return bag.getBagValue().toASN1Primitive().getEncoded("DER");
  }

  private void readKey(SafeBag bag, byte[] der) throws FormatException {
    try {
      keys.add(new KeyBag(friendlyName(bag), KeyFile.plain(der)));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private void readCertificate(CertBag bag) throws FormatException {
    if (!bag.getCertId().equals(PKCSObjectIdentifiers.x509Certificate)) {
      throw malformed("expected X.509 certificates, found " + bag.getCertId());
    }
    byte[] der = ASN1OctetString.getInstance(bag.getCertValue()).getOctets();
    certificates.add(Certificates.parseDer(Bytes.copyOf(der)));
  }

  private static String friendlyName(SafeBag bag) {
    if (bag.getBagAttributes() != null) {
      for (ASN1Encodable element : bag.getBagAttributes()) {
        var attribute = Attribute.getInstance(element);
        if (attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_friendlyName)
            && attribute.getAttrValues().size() == 1
            && attribute.getAttrValues().getObjectAt(0) instanceof ASN1String text) {
          return text.getString();
        }
      }
    }
    return "";
  }

  static FormatException malformed(String problem) {
    return new FormatException("PFX", 0, problem);
  }

  @Override
  public void close() {
    if (!handedOver) {
      keys.forEach(bag -> bag.key.close());
    }
  }
}
