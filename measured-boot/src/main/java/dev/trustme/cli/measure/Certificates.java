// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names of certificates in a log. Nothing about them is verified. */
final class Certificates {
  private Certificates() {}

  /** The subject as RFC 2253 writes it; nothing if the bytes are no X.509 certificate. */
  static Optional<String> subject(Bytes der) {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      var certificate = factory.generateCertificate(new ByteArrayInputStream(der.toArray()));
      return certificate instanceof X509Certificate x509
          ? Optional.of(x509.getSubjectX500Principal().getName())
          : Optional.empty();
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  /** The certificates of a PEM or DER file as DER, in its order. */
  static List<Bytes> chain(Path file, Bytes content) throws FormatException {
    try {
      List<Bytes> chain = new ArrayList<>();
      var factory = CertificateFactory.getInstance("X.509");
      for (var certificate : factory.generateCertificates(content.stream())) {
        chain.add(Bytes.copyOf(certificate.getEncoded()));
      }
      if (chain.isEmpty()) {
        throw new FormatException("X.509", 0, "holds no certificate").in(file.toString());
      }
      return chain;
    } catch (CertificateException e) {
      throw new FormatException("X.509", 0, "is no certificate").in(file.toString());
    }
  }

  /** {@code CN=… sha256:…}, or the first bytes in hex. */
  static String line(Bytes der) {
    String digest = HashAlgorithm.SHA256.digest(der).toString();
    return subject(der)
        .map(subject -> "%s  %s".formatted(Untrusted.printable(subject), digest))
        .orElseGet(() -> "not an X.509 certificate: %s  %s".formatted(Untrusted.hex(der), digest));
  }
}
