// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/** X.509 certificates as bytes: DER or PEM in, identity out. */
public final class Certificates {
  private static final int MAX_NAME = 4096;
  private static final String NOT_DER = "is not DER, or bytes follow it";

  private Certificates() {}

  /**
   * One DER certificate and nothing after it, whose dates and standard extensions can be read: what
   * is asked of a certificate later cannot fail then. RFC 5280, 4.1 and 4.2.1.
   */
  public static X509CertificateHolder parseDer(Bytes der) throws FormatException {
    var holder = parseAsReceived(der);
    if (!inOrder(holder)) {
      throw new FormatException("Certificate", 0, NOT_DER);
    }
    return holder;
  }

  /**
   * The same for certificates of TPM makers, some of which write the parts of a name out of order,
   * which DER does not allow. Their signatures count over the bytes as received.
   */
  public static X509CertificateHolder parseAsReceived(Bytes der) throws FormatException {
    X509CertificateHolder holder;
    try {
      holder = new X509CertificateHolder(der.toArray());
      requireReadable(holder);
    } catch (IOException | RuntimeException e) {
      throw new FormatException("Certificate", 0, "is not an X.509 certificate");
    }
    if (!der(holder).equals(der) || !signedPart(holder, "DL").equals(signedPart(der))) {
      throw new FormatException("Certificate", 0, NOT_DER);
    }
    return holder;
  }

  /**
   * Whether the library verifies the signature over the bytes received: it takes its own encoding,
   * which for example has every TRUE as ff, and every SET in order.
   */
  static boolean inOrder(X509CertificateHolder holder) {
    return signedPart(holder, "DER").equals(signedPart(holder, "DL"));
  }

  /** What was signed, as it was received. */
  static Bytes signedPart(X509CertificateHolder holder) {
    return signedPart(holder, "DL");
  }

  private static Bytes signedPart(X509CertificateHolder holder, String encoding) {
    try {
      return Bytes.copyOf(holder.toASN1Structure().getTBSCertificate().getEncoded(encoding));
    } catch (IOException e) {
      throw new IllegalStateException("a parsed certificate encodes", e);
    }
  }

  /** The first element of the outer SEQUENCE, header included, as it was received. */
  private static Bytes signedPart(Bytes der) throws FormatException {
    var outer = BinaryReader.bigEndian(der, "Certificate");
    skipHeader(outer);
    int start = Math.toIntExact(outer.offset());
    long length = skipHeader(outer);
    outer.skip(length);
    return der.slice(start, Math.toIntExact(outer.offset()));
  }

  /**
   * Tag and length of one element, which the library has read already; returns the length of its
   * content. X.690, 8.1.3.
   */
  private static long skipHeader(BinaryReader reader) throws FormatException {
    reader.skip(1);
    int first = reader.u8();
    if (first < 0x80) {
      return first;
    }
    long length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | reader.u8();
    }
    return length;
  }

  /** Where one of these is broken, the library throws a RuntimeException. */
  private static void requireReadable(X509CertificateHolder holder) {
    requireReadable(holder.getSubject());
    requireReadable(holder.getIssuer());
    holder.getSignature();
    holder.getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
    if (CertificateDates.notAfter(holder).isBefore(CertificateDates.notBefore(holder))) {
      throw new IllegalArgumentException("ends before it begins");
    }
    Extensions extensions = holder.getExtensions();
    if (extensions != null) {
      BasicConstraints.fromExtensions(extensions);
      KeyUsage.fromExtensions(extensions);
      ExtendedKeyUsage.fromExtensions(extensions);
      SubjectKeyIdentifier.fromExtensions(extensions);
      AuthorityKeyIdentifier.fromExtensions(extensions);
      requireReadable(GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName));
    }
  }

  private static void requireReadable(@Nullable GeneralNames names) {
    if (names != null) {
      for (GeneralName name : names.getNames()) {
        if (name.getTagNo() == GeneralName.directoryName) {
          requireReadable(X500Name.getInstance(name.getName()));
        }
      }
    }
  }

  /** A name is parsed no sooner than it is used. */
  static void requireReadable(X500Name name) {
    for (RDN part : name.getRDNs()) {
      for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
        IETFUtils.valueToString(attribute.getValue());
      }
    }
    if (name.toString().length() > MAX_NAME) {
      throw new IllegalArgumentException("a name of more than " + MAX_NAME + " characters");
    }
  }

  /** How one certificate is read. */
  private interface Reader {
    X509CertificateHolder read(Bytes der) throws FormatException;
  }

  /** All certificates of a PEM file, or the one of a DER file; none is an error. */
  public static List<X509CertificateHolder> parse(Bytes content) throws FormatException {
    return parse(content, Certificates::parseDer);
  }

  /** The same, each as {@link #parseAsReceived} reads it. */
  public static List<X509CertificateHolder> parseAllAsReceived(Bytes content)
      throws FormatException {
    return parse(content, Certificates::parseAsReceived);
  }

  private static List<X509CertificateHolder> parse(Bytes content, Reader reader)
      throws FormatException {
    if (content.size() > 0 && content.at(0) == 0x30) {
      return List.of(reader.read(content));
    }
    List<X509CertificateHolder> found = new ArrayList<>();
    for (PemObject item : pemObjects(content)) {
      if (!item.getType().equals("CERTIFICATE")) {
        throw new FormatException("PEM", 0, "expected certificates only, found " + item.getType());
      }
      found.add(reader.read(Bytes.copyOf(item.getContent())));
    }
    if (found.isEmpty()) {
      throw new FormatException("PEM", 0, "holds no certificate");
    }
    return List.copyOf(found);
  }

  private static List<PemObject> pemObjects(Bytes content) throws FormatException {
    List<PemObject> objects = new ArrayList<>();
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      for (var item = reader.readPemObject(); item != null; item = reader.readPemObject()) {
        objects.add(item);
      }
      return objects;
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM certificate file");
    }
  }

  /** The subject key identifier of a certificate that has one; RFC 5280, 4.2.1.2. */
  public static Optional<Bytes> keyIdentifier(X509CertificateHolder certificate) {
    var extensions = certificate.getExtensions();
    var found = extensions == null ? null : SubjectKeyIdentifier.fromExtensions(extensions);
    return Optional.ofNullable(found).map(id -> Bytes.copyOf(id.getKeyIdentifier()));
  }

  public static Bytes der(X509CertificateHolder certificate) {
    try {
      return Bytes.copyOf(certificate.getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a parsed certificate encodes", e);
    }
  }

  public static String pem(List<X509CertificateHolder> certificates) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      for (var certificate : certificates) {
        writer.writeObject(certificate);
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.toString();
  }

  /** SHA-256 over the DER: how manifests and reports name a certificate. */
  public static Digest fingerprint(X509CertificateHolder certificate) {
    return HashAlgorithm.SHA256.digest(der(certificate));
  }
}
