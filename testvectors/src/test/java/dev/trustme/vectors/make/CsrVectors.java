// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.key.KeyType;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.CsrMaker.Wish;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** The family csr: requests for certificates of devices, each with one thing wrong. */
final class CsrVectors {
  private static final String UUID = "UUID:7c673ee7-c41c-431a-89ad-11590e357214";
  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.311.1");
  private static final ASN1ObjectIdentifier REQUEST =
      PKCSObjectIdentifiers.pkcs_9_at_extensionRequest;

  private final FamilyMaker family;
  private final CsrMaker keys = new CsrMaker();

  CsrVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "csr", "made by this project with throw-away keys; Apache-2.0");
  }

  void make() throws IOException {
    var device = accept("device", "a P-256 key, one common name, one UUID", good());
    names(device);
    wishes(device);
    shape(device);
    keys(device);
    accept(
        "harmless-wishes",
        "asks for what the template grants anyway, and brings a challengePassword",
        good()
            .with(Extension.create(Extension.basicConstraints, true, new BasicConstraints(false)))
            .with(
                Extension.create(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)))
            .with(
                Extension.create(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)))
            .and(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERUTF8String("secret")));
    accept(
        "p384-with-sha256",
        "a P-384 key whose request is signed with SHA-256, as openssl does by habit",
        good().by(keys.ec("secp384r1"), "SHA256withECDSA"));
    dropping();
    family.write();
  }

  private Vector accept(String id, String comment, Wish wish) throws IOException {
    family.file(id + ".csr", wish.encode());
    return family.accept(id, comment, Map.of("request", id + ".csr"), rules("false"));
  }

  private static Map<String, String> rules(String dropExtras) {
    return Map.of(
        "key-types",
        "ec-p256,ec-p384,rsa-2048",
        "name-kinds",
        "uuid",
        "uses",
        "device",
        "drop-extras",
        dropExtras);
  }

  private Wish good() throws IOException {
    return Wish.of(keys.ours(KeyType.EC_P256), new X500Name("CN=gateway"))
        .with(alternative(GeneralName.uniformResourceIdentifier, UUID));
  }

  private static Extension alternative(int tag, String name) throws IOException {
    return Extension.create(
        Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(tag, name)));
  }

  private void reject(Vector twin, String id, String comment, Wish wish, String reason)
      throws IOException {
    family.otherFile(twin, id, comment, "request", wish.encode(), reason);
  }

  private void names(Vector device) throws IOException {
    reject(
        device,
        "dns-name",
        "a DNS name where only a UUID is copied",
        good().replacing(alternative(GeneralName.dNSName, "bank.example")),
        "csr-name-kind");
    reject(
        device,
        "uuid-upper-case",
        "a UUID in capitals, which another reader may hold for another device",
        good()
            .replacing(
                alternative(
                    GeneralName.uniformResourceIdentifier,
                    "UUID:7C673EE7-C41C-431A-89AD-11590E357214")),
        "csr-name");
    reject(device, "no-name", "no alternative name at all", good().without(), "csr-names");
    reject(
        device,
        "empty-subject",
        "no common name to build the subject from",
        good().named(new X500Name(new org.bouncycastle.asn1.x500.RDN[0])),
        "csr-subject");
    reject(
        device,
        "nul-in-common-name",
        "a NUL, behind which a C program reads no further",
        good()
            .named(
                new X500NameBuilder()
                    .addRDN(BCStyle.CN, new DERUTF8String("gateway\0.evil.example"))
                    .build()),
        "csr-common-name");
  }

  private void wishes(Vector device) throws IOException {
    reject(
        device,
        "ca-true",
        "asks to be a certificate authority",
        good().with(Extension.create(Extension.basicConstraints, true, new BasicConstraints(true))),
        "csr-basic-constraints");
    reject(
        device,
        "server-auth",
        "asks for serverAuth where the template grants clientAuth",
        good()
            .with(
                Extension.create(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))),
        "csr-extended-key-usage");
    reject(
        device,
        "key-cert-sign",
        "asks to sign certificates",
        good()
            .with(
                Extension.create(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))),
        "csr-key-usage");
    reject(
        device,
        "unknown-extension",
        "asks for an extension that nobody here knows",
        good().with(Extension.create(UNKNOWN, false, DERNull.INSTANCE)),
        "csr-extension");
    reject(
        device,
        "unknown-attribute",
        "brings an attribute that nobody here knows",
        good().and(UNKNOWN, DERNull.INSTANCE),
        "csr-attribute");
  }

  private void shape(Vector device) throws IOException {
    Bytes der = good().encode();
    family.otherFile(
        device,
        "trailing-byte",
        "one byte after the request",
        "request",
        Bytes.concat(der, Bytes.zeros(1)),
        "CertificationRequest: 1 bytes after the end of the structure");
    family.otherFile(
        device,
        "indefinite-length",
        "BER: the outer length is indefinite",
        "request",
        Bytes.concat(
            Bytes.fromHex("3080"),
            der.slice(der.at(1) == 0x82 ? 4 : 3, der.size()),
            Bytes.zeros(2)),
        "CertificationRequest: a length that is not DER");
    reject(
        device,
        "version-1",
        "version 1, which PKCS #10 does not have",
        good().version(1),
        "CertificationRequest: version: expected 0, found 1");
    reject(
        device,
        "two-extension-requests",
        "two extensionRequest attributes: one to be checked, one to be copied",
        good().and(REQUEST, new Extensions(alternative(GeneralName.dNSName, "a.example"))),
        "CertificationRequest: attribute 1.2.840.113549.1.9.14 occurs twice");
    reject(
        device,
        "extension-twice",
        "subjectAltName twice",
        good().with(alternative(GeneralName.dNSName, "a.example")),
        "CertificationRequest: extension 2.5.29.17 occurs twice");
    reject(
        device,
        "name-is-no-name",
        "a subjectAltName that holds a NULL",
        good()
            .replacing(
                Extension.create(
                    Extension.subjectAlternativeName,
                    false,
                    new DERSequence(new ASN1Encodable[] {DERNull.INSTANCE}))),
        "CertificationRequest: extension 2.5.29.17 is not what it should be");
  }

  private void keys(Vector device) throws IOException {
    var own = keys.ec("secp256r1");
    reject(
        device,
        "signed-by-another-key",
        "the key in the request is not the one that signed it",
        good().by(own, "SHA256withECDSA").key(keys.ec("secp256r1")),
        "csr-proof-of-possession");
    reject(
        device,
        "curve-p192",
        "a key on P-192",
        good().by(keys.ec("secp192r1"), "SHA256withECDSA"),
        "csr-key-type");
    var rsa =
        accept(
            "rsa-2048",
            "an RSA key of 2048 bits, signed with PKCS #1 v1.5 and SHA-256",
            good().by(keys.rsa(2048, 65537), "SHA256withRSA"));
    reject(
        rsa,
        "sha1-signature",
        "the request is signed with SHA-1",
        good().by(keys.rsa(2048, 65537), "SHA1withRSA"),
        "csr-signature-algorithm");
    reject(
        rsa,
        "rsa-1024",
        "a key of 1024 bits",
        good().by(keys.rsa(1024, 65537), "SHA256withRSA"),
        "csr-key-strength");
    reject(
        rsa,
        "rsa-exponent-3",
        "the public exponent 3",
        good().by(keys.rsa(2048, 3), "SHA256withRSA"),
        "csr-key-exponent");
    reject(
        rsa,
        "rsa-roca",
        "primes of the form that CVE-2017-15361 describes",
        good().by(keys.roca(), "SHA256withRSA"),
        "csr-key-origin");
  }

  private void dropping() throws IOException {
    family.file(
        "much.csr",
        good()
            .with(Extension.create(Extension.basicConstraints, true, new BasicConstraints(true)))
            .encode());
    family.accept(
        "wishes-dropped",
        "asks to be an authority, where the caller wants that dropped",
        Map.of("request", "much.csr"),
        rules("true"));
  }
}
