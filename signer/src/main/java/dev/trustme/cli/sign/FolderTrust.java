// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.issue.PkiFolder;
import dev.trustme.sign.ReleaseTrust;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** What a PKI folder says about whose signatures a release's parts must carry. */
record FolderTrust(PkiFolder folder) {
  /** The folder's own certificates are what a release's parts must be signed by. */
  ReleaseTrust of() throws IOException, FormatException {
    List<X509CertificateHolder> modules = new ArrayList<>();
    List<X509CertificateHolder> layers = new ArrayList<>();
    for (String label : folder.roles()) {
      var role = Role.byLabel(label);
      if (role.isPresent()) {
        var leaf = folder.chain(role.get()).getFirst();
        if (Role.MODULE.in(leaf)) {
          modules.add(leaf);
        }
        if (Role.LAYER.in(leaf)) {
          layers.add(leaf);
        }
      }
    }
    return new ReleaseTrust(new TrustStore(List.of(root())), modules, layers);
  }

  /** The authority that issued the last certificate of the release role's chain. */
  private X509CertificateHolder root() throws IOException, FormatException {
    var issuer = folder.chain(Role.RELEASE).getLast().getIssuer();
    for (String name : folder.authorities()) {
      var authority = folder.authority(name);
      if (authority.getSubject().equals(issuer)) {
        return authority;
      }
    }
    throw CommandFailure.rejected(
        folder.path() + ": holds no certificate of " + issuer + ", the root of the release role");
  }
}
