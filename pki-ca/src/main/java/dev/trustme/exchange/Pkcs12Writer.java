// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyFile;
import dev.trustme.key.KeyProtection;
import dev.trustme.key.Passphrase;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * PKCS#12 files, RFC 7292. The key is encrypted by PBES2 (AES-256-CBC, PBKDF2 with HMAC-SHA256, as
 * in {@link KeyFile}), certificates are not; all is under an HMAC-SHA256 whose key costs as much to
 * guess.
 */
public final class Pkcs12Writer {
  private static final int MAC_ITERATIONS = 600_000;
  private static final int SALT_BYTES = 20;
  private static final int MAC_BITS = 256;

  /** What Java asks of a certificate that it shall trust without a key: who may be it. */
  private static final ASN1ObjectIdentifier TRUSTED_KEY_USAGE =
      new ASN1ObjectIdentifier("2.16.840.1.113894.746875.1.1");

  private final char[] passphrase;
  private final List<ASN1Encodable> bags = new ArrayList<>();

  /** The array stays the caller's to wipe. */
  public Pkcs12Writer(char[] passphrase) {
    this.passphrase = passphrase;
  }

  /** A key with its certificates, leaf first; {@code name} is its friendlyName. */
  public Pkcs12Writer key(String name, SigningKey key, List<X509CertificateHolder> chain)
      throws IOException, GeneralSecurityException {
    var id = new DEROctetString(Certificates.fingerprint(chain.getFirst()).value().toArray());
    var link = attribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, id);
    for (var certificate : chain) {
      boolean leaf = certificate.equals(chain.getFirst());
      bags.add(certificate(certificate, leaf ? List.of(friendlyName(name), link) : List.of()));
    }
    bags.add(
        bag(
            PKCSObjectIdentifiers.pkcs8ShroudedKeyBag,
            encrypted(key),
            List.of(friendlyName(name), link)));
    return this;
  }

  /** A trust anchor for Java. */
  public Pkcs12Writer trusted(String name, X509CertificateHolder certificate) {
    var any = attribute(TRUSTED_KEY_USAGE, KeyPurposeId.anyExtendedKeyUsage.toOID());
    bags.add(certificate(certificate, List.of(friendlyName(name), any)));
    return this;
  }

  public Bytes write() throws IOException {
    byte[] content = new DERSequence(data(sequence(bags))).getEncoded("DER");
    var salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    var mac =
        new MacData(
            new DigestInfo(
                new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE),
                mac(content, salt)),
            salt,
            MAC_ITERATIONS);
    var safe = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(content));
    return Bytes.copyOf(new Pfx(safe, mac).getEncoded("DER"));
  }

  private static ContentInfo data(DERSequence bags) throws IOException {
    return new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(bags.getEncoded("DER")));
  }

  private static DERSequence sequence(List<ASN1Encodable> elements) {
    return new DERSequence(elements.toArray(ASN1Encodable[]::new));
  }

  /** RFC 7292, appendix B, with ID 3. */
  private byte[] mac(byte[] content, byte[] salt) {
    byte[] secret = PBEParametersGenerator.PKCS12PasswordToBytes(passphrase);
    try {
      var generator = new PKCS12ParametersGenerator(new SHA256Digest());
      generator.init(secret, salt, MAC_ITERATIONS);
      var mac = new HMac(new SHA256Digest());
      mac.init(generator.generateDerivedMacParameters(MAC_BITS));
      mac.update(content, 0, content.length);
      var value = new byte[mac.getMacSize()];
      mac.doFinal(value, 0);
      return value;
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private EncryptedPrivateKeyInfo encrypted(SigningKey key)
      throws IOException, GeneralSecurityException {
    try (var secret = Passphrase.of(passphrase);
        var reader =
            new PemReader(
                new StringReader(KeyFile.encode(key, KeyProtection.encrypted(secret)).utf8()))) {
      return EncryptedPrivateKeyInfo.getInstance(reader.readPemObject().getContent());
    }
  }

  private static SafeBag certificate(
      X509CertificateHolder certificate, List<DERSequence> attributes) {
    return bag(
        PKCSObjectIdentifiers.certBag,
        new CertBag(
            PKCSObjectIdentifiers.x509Certificate,
            new DEROctetString(Certificates.der(certificate).toArray())),
        attributes);
  }

  private static SafeBag bag(
      ASN1ObjectIdentifier type, ASN1Encodable value, List<DERSequence> attributes) {
    return new SafeBag(
        type, value.toASN1Primitive(), new DERSet(attributes.toArray(ASN1Encodable[]::new)));
  }

  private static DERSequence friendlyName(String name) {
    return attribute(PKCSObjectIdentifiers.pkcs_9_at_friendlyName, new DERBMPString(name));
  }

  private static DERSequence attribute(ASN1ObjectIdentifier type, ASN1Encodable value) {
    return new DERSequence(new ASN1Encodable[] {type, new DERSet(value)});
  }
}
