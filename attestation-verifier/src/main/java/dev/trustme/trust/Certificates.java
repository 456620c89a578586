// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

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
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** X.509 certificates as bytes: DER or PEM in, identity out. */
public final class Certificates {
  private Certificates() {}

  /** One DER certificate and nothing after it. RFC 5280, 4.1. */
  public static X509CertificateHolder parseDer(Bytes der) throws FormatException {
    try {
      var holder = new X509CertificateHolder(der.toArray());
      if (!Bytes.copyOf(holder.getEncoded()).equals(der)) {
        throw new FormatException("Certificate", 0, "is not DER, or bytes follow it");
      }
      return holder;
    } catch (IOException | RuntimeException e) {
      throw new FormatException("Certificate", 0, "is not an X.509 certificate");
    }
  }

  /** All certificates of a PEM file, or the one of a DER file; none is an error. */
  public static List<X509CertificateHolder> parse(Bytes content) throws FormatException {
    if (content.size() > 0 && content.at(0) == 0x30) {
      return List.of(parseDer(content));
    }
    List<X509CertificateHolder> found = new ArrayList<>();
    try (var reader =
        new PEMParser(
            new InputStreamReader(
                new ByteArrayInputStream(content.toArray()), StandardCharsets.US_ASCII))) {
      for (Object item = reader.readObject(); item != null; item = reader.readObject()) {
        if (!(item instanceof X509CertificateHolder certificate)) {
          throw new FormatException(
              "PEM", 0, "expected certificates only, found " + item.getClass().getSimpleName());
        }
        found.add(certificate);
      }
    } catch (IOException | RuntimeException e) {
      throw new FormatException("PEM", 0, "is not a PEM certificate file");
    }
    if (found.isEmpty()) {
      throw new FormatException("PEM", 0, "holds no certificate");
    }
    return List.copyOf(found);
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
