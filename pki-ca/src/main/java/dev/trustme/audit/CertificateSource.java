// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.audit;

import dev.trustme.bytes.FormatException;
import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/** Certificates one after the other. */
@FunctionalInterface
public interface CertificateSource {
  /** The next one, or empty at the end and ever after. */
  Optional<X509CertificateHolder> next() throws IOException, FormatException;
}
