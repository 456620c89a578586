// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.trust;

import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Trust anchors: CA certificates, at least one, usually self-issued. Their own signatures are not
 * looked at, so an anchor is what was put here and not what it says.
 */
public record TrustStore(List<X509CertificateHolder> anchors) {
  public TrustStore {
    anchors = List.copyOf(anchors);
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("a trust store needs an anchor");
    }
  }

  /** The certificates of these PEM or DER files. */
  public static TrustStore load(Collection<Path> files) throws IOException, FormatException {
    List<X509CertificateHolder> anchors = new ArrayList<>();
    for (Path file : files) {
      anchors.addAll(Inputs.parse(file, Certificates::parseAllAsReceived));
    }
    return new TrustStore(anchors);
  }
}
