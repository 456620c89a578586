// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * What openssl and its kin write: certificates and private keys in any order as PEM, or one of them
 * as DER. Keys of the older forms PKCS#1 (RFC 8017, A.1.2) and SEC 1 (RFC 5915) become PKCS#8.
 */
final class ForeignPem {
  private static final int MAX_OBJECTS = 256;
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private final List<X509CertificateHolder> certificates = new ArrayList<>();
  private final List<PemObject> keys = new ArrayList<>();

  private ForeignPem() {}

  static ForeignPem parse(Bytes content) throws FormatException {
    var found = new ForeignPem();
    if (content.size() > 0 && content.at(0) == 0x30) {
      found.der(content);
    } else {
      found.pem(content);
    }
    if (found.certificates.isEmpty() && found.keys.isEmpty()) {
      throw new FormatException("PEM", 0, "holds neither a certificate nor a private key");
    }
    return found;
  }

  private void pem(Bytes content) throws FormatException {
    for (PemObject object : objects(content)) {
      switch (object.getType()) {
        case "CERTIFICATE", "TRUSTED CERTIFICATE" ->
            certificates.add(Certificates.parseDer(Bytes.copyOf(object.getContent())));
        case PKCS8, ENCRYPTED -> keys.add(object);
        case "RSA PRIVATE KEY" -> keys.add(rsa(plain(object)));
        case "EC PRIVATE KEY" -> keys.add(ec(plain(object)));
        case "EC PARAMETERS" -> {} // The key names its curve itself.
        default ->
            throw new FormatException(
                "PEM", 0, "expected certificates and private keys, found " + object.getType());
      }
    }
  }

  private static byte[] plain(PemObject object) throws FormatException {
    if (!object.getHeaders().isEmpty()) {
      throw new FormatException(
          "PEM",
          0,
          "is encrypted in openssl's old way; 'openssl pkcs8 -topk8 -v2 aes256' makes it PKCS#8");
    }
    return object.getContent();
  }

  private static List<PemObject> objects(Bytes content) throws FormatException {
    List<PemObject> objects = new ArrayList<>();
    try (var reader =
        new PemReader(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      for (var object = reader.readPemObject();
          object != null && objects.size() < MAX_OBJECTS;
          object = reader.readPemObject()) {
        objects.add(object);
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM file");
    }
    if (objects.size() == MAX_OBJECTS) {
      throw new FormatException("PEM", 0, "holds %d objects or more".formatted(MAX_OBJECTS));
    }
    return objects;
  }

  /** The first elements tell: PKCS#8 and PKCS#1 begin with INTEGER 0, SEC 1 with INTEGER 1. */
  private void der(Bytes content) throws FormatException {
    byte[] der = content.toArray();
    try {
      var sequence = ASN1Sequence.getInstance(der);
      if (sequence.getObjectAt(0) instanceof org.bouncycastle.asn1.ASN1Integer version) {
        boolean pkcs8 = sequence.getObjectAt(1) instanceof ASN1Sequence;
        keys.add(pkcs8 ? new PemObject(PKCS8, der) : version.hasValue(1) ? ec(der) : rsa(der));
        return;
      }
      if (sequence.size() == 2) {
        EncryptedPrivateKeyInfo.getInstance(sequence);
        keys.add(new PemObject(ENCRYPTED, der));
        return;
      }
    } catch (RuntimeException e) {
      throw new FormatException("DER", 0, "is neither a certificate nor a private key");
    }
    certificates.add(Certificates.parseDer(content));
  }

  private static PemObject rsa(byte[] der) throws FormatException {
    try {
      return pkcs8(
          new PrivateKeyInfo(
              new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
              RSAPrivateKey.getInstance(der)));
    } catch (IOException | RuntimeException e) {
      throw new FormatException("RSAPrivateKey", 0, "is not PKCS#1");
    }
  }

  private static PemObject ec(byte[] der) throws FormatException {
    try {
      var key = ECPrivateKey.getInstance(der);
      if (key.getParametersObject() instanceof ASN1ObjectIdentifier curve) {
        return pkcs8(
            new PrivateKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key));
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException("ECPrivateKey", 0, "is not SEC 1");
    }
    throw new FormatException("ECPrivateKey", 0, "does not name its curve");
  }

  private static PemObject pkcs8(PrivateKeyInfo info) throws IOException {
    return new PemObject(PKCS8, info.getEncoded("DER"));
  }

  /** In the order of the file. */
  List<X509CertificateHolder> certificates() {
    return List.copyOf(certificates);
  }

  /** The one key as a PKCS#8 PEM file; none, or several, is malformed. */
  Bytes key() throws FormatException {
    if (keys.size() != 1) {
      throw new FormatException(
          "PEM", 0, "expected one private key, found %d".formatted(keys.size()));
    }
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(keys.getFirst());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.utf8(text.toString());
  }
}
