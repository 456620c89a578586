// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.key.SigningKey;
import dev.trustme.trust.StrictDer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * PKCS #10, RFC 2986, 4: somebody's wish for a certificate. Read strictly, trusted not at all: that
 * the sender has the key, and what of the wish is granted, is {@link CsrVerifier}'s matter.
 *
 * <pre>
 * CertificationRequest ::= SEQUENCE { info, signatureAlgorithm, signature BIT STRING }
 * CertificationRequestInfo ::= SEQUENCE { version INTEGER (0), subject, subjectPKInfo, [0] attributes }
 * </pre>
 *
 * @param signed the bytes that the signature is over, as received
 * @param attributes types of all attributes; none occurs twice
 * @param extensions what the extensionRequest attribute (RFC 2985, 5.4.2) holds, by type
 */
public record CertificationRequest(
    Bytes der,
    Bytes signed,
    X500Name subject,
    SubjectPublicKeyInfo publicKey,
    List<ASN1ObjectIdentifier> attributes,
    Map<ASN1ObjectIdentifier, Extension> extensions,
    AlgorithmIdentifier signatureAlgorithm,
    Bytes signature) {
  /** RFC 2985, 5.4.2. */
  static final ASN1ObjectIdentifier EXTENSION_REQUEST =
      PKCSObjectIdentifiers.pkcs_9_at_extensionRequest;

  static final String PEM = "CERTIFICATE REQUEST";

  private static final String NAME = "CertificationRequest";
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_PARTS = 64;

  public CertificationRequest {
    attributes = List.copyOf(attributes);
    extensions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
  }

  /** One request: DER, or PEM with nothing else in the file. At most 64 KiB. */
  public static CertificationRequest parse(Bytes content) throws FormatException {
    if (content.size() > MAX_BYTES) {
      throw malformed("larger than %d bytes".formatted(MAX_BYTES));
    }
    return parseDer(content.size() > 0 && content.at(0) == 0x30 ? content : pem(content));
  }

  private static Bytes pem(Bytes content) throws FormatException {
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      PemObject found = reader.readPemObject();
      if (found == null) {
        throw new FormatException("PEM", 0, "holds no certificate request");
      }
      if (!found.getType().equals(PEM) && !found.getType().equals("NEW " + PEM)) {
        throw new FormatException(
            "PEM", 0, "expected %s, found %s".formatted(PEM, found.getType()));
      }
      if (reader.readPemObject() != null) {
        throw new FormatException("PEM", 0, "expected one certificate request, found more");
      }
      return Bytes.copyOf(found.getContent());
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM file");
    }
  }

  private static CertificationRequest parseDer(Bytes der) throws FormatException {
    var value = StrictDer.parse(der, NAME);
    try {
      var outer = sequence(value, 3, 3, "request");
      var info = sequence(outer.getObjectAt(0), 3, 4, "CertificationRequestInfo");
      requireVersion(info.getObjectAt(0));
      Map<ASN1ObjectIdentifier, ASN1Encodable> attributes =
          info.size() == 4 ? attributes(info.getObjectAt(3)) : Map.of();
      return new CertificationRequest(
          der,
          Bytes.copyOf(info.getEncoded(ASN1Encoding.DL)),
          subject(info.getObjectAt(1)),
          key(info.getObjectAt(2)),
          List.copyOf(attributes.keySet()),
          extensions(attributes),
          AlgorithmIdentifier.getInstance(outer.getObjectAt(1)),
          Bytes.copyOf(
              org.bouncycastle.asn1.ASN1BitString.getInstance(outer.getObjectAt(2)).getOctets()));
    } catch (IOException | RuntimeException e) {
      throw malformed("does not have the structure of a PKCS #10 request");
    }
  }

  /** RFC 5280, 4.1.2.7: a BIT STRING; keys of every algorithm fill its bytes. */
  private static SubjectPublicKeyInfo key(ASN1Encodable value) {
    var key = SubjectPublicKeyInfo.getInstance(value);
    if (key.getPublicKeyData().getPadBits() != 0) {
      throw new IllegalArgumentException("a key that ends within a byte");
    }
    return key;
  }

  private static ASN1Sequence sequence(ASN1Encodable value, int least, int most, String what)
      throws FormatException {
    if (!(value.toASN1Primitive() instanceof ASN1Sequence found)
        || found.size() < least
        || found.size() > most) {
      throw malformed("%s is not the SEQUENCE that it should be".formatted(what));
    }
    return found;
  }

  private static void requireVersion(ASN1Encodable version) throws FormatException {
    if (!(version.toASN1Primitive() instanceof ASN1Integer number) || !number.hasValue(0)) {
      throw malformed("version: expected 0, found " + version);
    }
  }

  /** A name is parsed no sooner than it is used: here all of it is. */
  private static X500Name subject(ASN1Encodable value) throws FormatException {
    var name = X500Name.getInstance(value);
    int parts = 0;
    for (RDN part : name.getRDNs()) {
      for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
        if (!(attribute.getValue() instanceof ASN1String text)
            || text.getString() == null
            || ++parts > MAX_PARTS) {
          throw malformed(
              "subject: expected up to %d attributes that are text".formatted(MAX_PARTS));
        }
      }
    }
    return name;
  }

  /** Each attribute with its one value. RFC 2986, 4.1. */
  private static Map<ASN1ObjectIdentifier, ASN1Encodable> attributes(ASN1Encodable value)
      throws FormatException {
    var tagged = ASN1TaggedObject.getInstance(value);
    if (!tagged.hasContextTag(0)) {
      throw malformed("attributes are not tagged [0]");
    }
    Map<ASN1ObjectIdentifier, ASN1Encodable> found = new LinkedHashMap<>();
    for (ASN1Encodable item : ASN1Set.getInstance(tagged, false)) {
      var attribute = sequence(item, 2, 2, "attribute");
      var type = ASN1ObjectIdentifier.getInstance(attribute.getObjectAt(0));
      var values = ASN1Set.getInstance(attribute.getObjectAt(1));
      if (values.size() != 1) {
        throw malformed(
            "attribute %s: expected one value, found %d".formatted(type, values.size()));
      }
      if (found.put(type, values.getObjectAt(0)) != null) {
        throw malformed("attribute %s occurs twice".formatted(type));
      }
    }
    return found;
  }

  private static Map<ASN1ObjectIdentifier, Extension> extensions(
      Map<ASN1ObjectIdentifier, ASN1Encodable> attributes) throws FormatException {
    var requested = attributes.get(EXTENSION_REQUEST);
    if (requested == null) {
      return Map.of();
    }
    Map<ASN1ObjectIdentifier, Extension> found = new LinkedHashMap<>();
    for (ASN1Encodable item : sequence(requested, 1, MAX_PARTS, "extensionRequest")) {
      var extension = Extension.getInstance(item);
      if (found.put(extension.getExtnId(), extension) != null) {
        throw malformed("extension %s occurs twice".formatted(extension.getExtnId()));
      }
    }
    requireReadable(found);
    return found;
  }

  /** What is asked of these later cannot fail then. */
  private static void requireReadable(Map<ASN1ObjectIdentifier, Extension> extensions)
      throws FormatException {
    for (Extension extension : extensions.values()) {
      if (CsrExtensions.KNOWN.contains(extension.getExtnId())) {
        Bytes value = Bytes.copyOf(extension.getExtnValue().getOctets());
        StrictDer.parse(value, "extension " + extension.getExtnId());
        try {
          CsrExtensions.read(extension);
        } catch (RuntimeException e) {
          throw malformed("extension %s is not what it should be".formatted(extension.getExtnId()));
        }
      }
    }
  }

  private static FormatException malformed(String problem) {
    return new FormatException(NAME, 0, problem);
  }

  /** A request for this name, these alternative names and this key, which signs it. */
  public static CertificationRequest create(
      X500Name subject, List<GeneralName> names, SigningKey key) {
    var builder = new PKCS10CertificationRequestBuilder(subject, key.publicKey());
    try {
      if (!names.isEmpty()) {
        var value = new GeneralNames(names.toArray(GeneralName[]::new));
        builder.addAttribute(
            EXTENSION_REQUEST,
            new Extensions(
                new Extension(Extension.subjectAlternativeName, false, value.getEncoded("DER"))));
      }
      PKCS10CertificationRequest made = builder.build(key.contentSigner());
      return parseDer(Bytes.copyOf(made.getEncoded()));
    } catch (IOException | FormatException e) {
      throw new IllegalStateException("a request that was just made is one", e);
    }
  }

  /** PEM, as every tool reads it. */
  public String pem() {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(PEM, der.toArray()));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.toString();
  }
}
