// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** The roots of a PKI folder, those that were replaced included. */
record PkiRoots(PkiFolder folder) {
  TrustStore store() throws IOException, FormatException {
    List<X509CertificateHolder> roots = new ArrayList<>();
    for (String name : folder.authorities()) {
      roots.add(folder.authority(name));
    }
    for (var old : folder.index().superseded()) {
      if (folder.authorities().contains(old.name())) {
        roots.add(folder.superseded(old));
      }
    }
    roots.removeIf(certificate -> !certificate.getSubject().equals(certificate.getIssuer()));
    return new TrustStore(roots);
  }
}
