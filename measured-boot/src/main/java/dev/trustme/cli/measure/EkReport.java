// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.measure;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.files.Outputs;
import dev.trustme.tss.EndorsementKeys.NvCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** What {@code measure ek} says, as a document, as text and as files. */
record EkReport(String schema, List<EkReport.Key> keys, List<EkReport.Authority> chain) {
  /** One endorsement key; the public area is a TPM2B_PUBLIC. */
  record Key(
      String template,
      String name,
      Digest publicKeySha256,
      Bytes publicArea,
      String pem,
      List<Certificate> certificates) {}

  /**
   * A certificate beside the key.
   *
   * @param match {@code yes}, {@code no}, or {@code unreadable} where the JDK cannot read it
   */
  record Certificate(String nvIndex, String match, String issuer, Bytes der) {}

  /** A certificate of an authority. */
  record Authority(String nvIndex, String subject, Bytes der) {}

  static Certificate certificate(NvCertificate found, PublicKey key) {
    String index = "0x%08x".formatted(found.nvIndex());
    try {
      var certificate = parse(found.der());
      boolean same = certificate.getPublicKey().equals(key);
      return new Certificate(
          index, same ? "yes" : "no", certificate.getIssuerX500Principal().getName(), found.der());
    } catch (CertificateException e) {
      return new Certificate(index, "unreadable", "", found.der());
    }
  }

  static Authority authority(NvCertificate found) {
    String index = "0x%08x".formatted(found.nvIndex());
    try {
      return new Authority(
          index, parse(found.der()).getSubjectX500Principal().getName(), found.der());
    } catch (CertificateException e) {
      return new Authority(index, "", found.der());
    }
  }

  private static X509Certificate parse(Bytes der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  void write(Path folder, boolean force) throws IOException {
    try (var staged = Outputs.stageFolder(folder, force)) {
      for (Key key : keys) {
        String name = "ek-" + key.template();
        Outputs.write(staged.path().resolve(name + ".pub"), key.publicArea(), false);
        Outputs.write(staged.path().resolve(name + ".pem"), Bytes.utf8(key.pem()), false);
        for (Certificate certificate : key.certificates()) {
          Outputs.write(staged.path().resolve(name + ".der"), certificate.der(), false);
        }
      }
      for (int i = 0; i < chain.size(); i++) {
        Outputs.write(
            staged.path().resolve("chain-%d.der".formatted(i)), chain.get(i).der(), false);
      }
      staged.commit();
    }
  }

  String text() {
    var text = new StringBuilder();
    for (Key key : keys) {
      text.append("%-4s %s%n".formatted(key.template(), key.name()));
      if (key.certificates().isEmpty()) {
        text.append("     no certificate in this TPM\n");
      }
      for (Certificate certificate : key.certificates()) {
        String says =
            switch (certificate.match()) {
              case "yes" -> "matches, issued by " + certificate.issuer();
              case "no" -> "is for ANOTHER key, issued by " + certificate.issuer();
              default -> "cannot be read";
            };
        text.append("     certificate %s %s%n".formatted(certificate.nvIndex(), says));
      }
    }
    for (Authority authority : chain) {
      text.append(
          "chain %s  %s%n"
              .formatted(
                  authority.nvIndex(),
                  authority.subject().isEmpty() ? "cannot be read" : authority.subject()));
    }
    return text.isEmpty() ? "no certificates in this TPM; try --template l-1" : text.toString();
  }
}
