// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.exchange;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.issue.PkiIndex;
import dev.trustme.lint.SetLint;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certificates among which the issuer of another is looked for. */
record Issuers(List<X509CertificateHolder> known) {
  Issuers {
    known = List.copyOf(known);
  }

  /** All authorities of the folder, earlier generations and imported roots included. */
  static Issuers of(PkiFolder pki) throws IOException, FormatException {
    List<X509CertificateHolder> known = new ArrayList<>();
    for (String name : pki.authorities()) {
      known.add(pki.authority(name));
    }
    for (String name : pki.roles()) {
      var root = pki.file(PkiFolder.certificateFile(name + Importer.ROOT));
      if (root.isPresent()) {
        known.addAll(Certificates.parse(root.get()));
      }
    }
    for (PkiIndex.Superseded old : pki.index().superseded()) {
      var file = pki.file(old.certificate());
      if (file.isPresent()) {
        known.addAll(Certificates.parse(file.get()));
      }
    }
    return new Issuers(known);
  }

  Issuers and(Collection<X509CertificateHolder> more) {
    List<X509CertificateHolder> all = new ArrayList<>(known);
    all.addAll(more);
    return new Issuers(all);
  }

  /** The issuer of this certificate, another than itself. */
  Optional<X509CertificateHolder> of(X509CertificateHolder certificate) {
    return new SetLint(known).issuer(certificate).filter(issuer -> !issuer.equals(certificate));
  }
}
