// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Every certificate that a PKI issued, in its order; one transaction's are in memory at a time. */
final class IssuedCertificates implements CertificateSource {
  private final PkiFolder folder;
  private final Deque<X509CertificateHolder> waiting = new ArrayDeque<>();
  private long number;

  IssuedCertificates(PkiFolder folder) {
    this.folder = folder;
  }

  @Override
  public Optional<X509CertificateHolder> next() throws IOException, FormatException {
    while (waiting.isEmpty() && number < folder.index().issued()) {
      waiting.addAll(folder.issued(++number));
    }
    return Optional.ofNullable(waiting.poll());
  }
}
