// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.FormatException;
import dev.trustme.issue.PkiFolder;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** What a PKI folder itself knows of its log: the checkpoints and the certificates in it. */
public final class FolderAudit {
  private FolderAudit() {}

  /** The folder's log held against all that the folder knows of it. */
  public static Verdict<AuditedLog> audit(PkiFolder folder) throws IOException, FormatException {
    var audit = LogAudit.of(folder.log().file());
    add(audit, folder, roots(folder));
    return audit.run();
  }

  /** Adds the folder's checkpoints and certificates to what the log is held against. */
  public static void add(LogAudit audit, PkiFolder folder, TrustStore roots)
      throws IOException, FormatException {
    audit.checkpoints(Checkpoints.of(folder).all(), roots);
    if (folder.index().issued() > 0) {
      audit.issued(folder.issued());
    }
  }

  /**
   * The folder's own roots, those of earlier generations too, as their keys' checkpoints stay:
   * enough to see a mistake, not to see through a forged folder.
   */
  public static TrustStore roots(PkiFolder folder) throws IOException, FormatException {
    List<X509CertificateHolder> roots = new ArrayList<>();
    for (String name : folder.authorities()) {
      add(roots, folder.authority(name));
    }
    for (var old : folder.index().superseded()) {
      if (folder.authorities().contains(old.name())) {
        add(roots, folder.superseded(old));
      }
    }
    return new TrustStore(roots);
  }

  private static void add(List<X509CertificateHolder> roots, X509CertificateHolder certificate) {
    if (certificate.getSubject().equals(certificate.getIssuer())) {
      roots.add(certificate);
    }
  }
}
