// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.trust.TrustStore;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Whose signatures the parts of a release must carry.
 *
 * @param software anchors of container signers
 * @param moduleKeys what the kernel will hold: certificates that sign modules
 * @param layerKeys certificates that sign root hashes
 */
public record ReleaseTrust(
    TrustStore software,
    List<X509CertificateHolder> moduleKeys,
    List<X509CertificateHolder> layerKeys) {
  public ReleaseTrust {
    moduleKeys = List.copyOf(moduleKeys);
    layerKeys = List.copyOf(layerKeys);
  }
}
