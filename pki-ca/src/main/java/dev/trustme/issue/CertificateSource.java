// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certificates one after the other. */
@FunctionalInterface
public interface CertificateSource {
  /** The next one, or empty at the end and ever after. */
  Optional<X509CertificateHolder> next() throws IOException, FormatException;

  /** What is done with each certificate. */
  @FunctionalInterface
  interface Receiver {
    void accept(X509CertificateHolder certificate) throws IOException, FormatException;
  }

  /** Hands over all that are left, in their order. */
  default void forEach(Receiver receiver) throws IOException, FormatException {
    for (var each = next(); each.isPresent(); each = next()) {
      receiver.accept(each.get());
    }
  }
}
