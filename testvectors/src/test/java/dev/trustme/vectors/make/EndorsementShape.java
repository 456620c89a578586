// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.bytes.Bytes;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * The certificate of an endorsement key, as the TCG EK Credential Profile has it (empty subject,
 * critical names), or with one thing otherwise.
 */
record EndorsementShape(
    Instant until,
    boolean ca,
    int keyUsage,
    String purpose,
    Optional<String> manufacturer,
    String family,
    boolean unknownExtension) {
  static final BigInteger SERIAL = BigInteger.valueOf(0x7e570001L);

  private static final String ENDORSEMENT = "2.23.133.8.1";

  /** Of an RSA key. */
  static EndorsementShape good() {
    return new EndorsementShape(
        Instant.parse("2046-01-01T00:00:00Z"),
        false,
        KeyUsage.keyEncipherment,
        ENDORSEMENT,
        Optional.of("id:54455354"),
        "2.0",
        false);
  }

  EndorsementShape until(Instant end) {
    return new EndorsementShape(end, ca, keyUsage, purpose, manufacturer, family, unknownExtension);
  }

  EndorsementShape authority() {
    return new EndorsementShape(
        until, true, keyUsage, purpose, manufacturer, family, unknownExtension);
  }

  EndorsementShape withKeyUsage(int usage) {
    return new EndorsementShape(until, ca, usage, purpose, manufacturer, family, unknownExtension);
  }

  EndorsementShape withPurpose(String other) {
    return new EndorsementShape(until, ca, keyUsage, other, manufacturer, family, unknownExtension);
  }

  EndorsementShape withManufacturer(Optional<String> other) {
    return new EndorsementShape(until, ca, keyUsage, purpose, other, family, unknownExtension);
  }

  EndorsementShape withFamily(String other) {
    return new EndorsementShape(
        until, ca, keyUsage, purpose, manufacturer, other, unknownExtension);
  }

  EndorsementShape withUnknownExtension() {
    return new EndorsementShape(until, ca, keyUsage, purpose, manufacturer, family, true);
  }

  /** DER, signed by the maker. */
  Bytes issue(Identity maker, SubjectPublicKeyInfo key) throws IOException {
    var builder =
        new X509v3CertificateBuilder(
            maker.certificate().getSubject(),
            SERIAL,
            Date.from(TestPki.START),
            Date.from(until),
            new X500Name(""),
            key);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(purpose))));
    builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names()));
    builder.addExtension(
        Extension.subjectDirectoryAttributes,
        false,
        new DERSequence(
            new DERSequence(
                new ASN1Encodable[] {
                  new ASN1ObjectIdentifier("2.23.133.2.16"),
                  new DERSet(
                      new DERSequence(
                          new ASN1Encodable[] {
                            new DERUTF8String(family), new ASN1Integer(0), new ASN1Integer(164)
                          }))
                })));
    if (unknownExtension) {
      builder.addExtension(new ASN1ObjectIdentifier("1.2.3.4.5"), true, DERNull.INSTANCE);
    }
    return Certificates.der(builder.build(maker.key().contentSigner()));
  }

  private GeneralName names() {
    var name = new X500NameBuilder();
    manufacturer.ifPresent(id -> name.addRDN(new ASN1ObjectIdentifier("2.23.133.2.1"), id));
    name.addRDN(new ASN1ObjectIdentifier("2.23.133.2.2"), "vector");
    name.addRDN(new ASN1ObjectIdentifier("2.23.133.2.3"), "id:00010002");
    return new GeneralName(name.build());
  }
}
