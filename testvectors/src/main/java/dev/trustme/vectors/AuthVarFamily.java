// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors;

import dev.trustme.artifact.AuthenticatedVariable;
import dev.trustme.artifact.UpdateVerifier;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiTime;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Signed updates of Secure Boot variables: would firmware take the file? Files update, and
 * authority (PEM: certificates of PK for PK and KEK, of KEK for the rest; without it, setup mode);
 * context variable, write (replace or append) and stored, the variable's time stamp or "none".
 */
final class AuthVarFamily {
  private AuthVarFamily() {}

  static Outcome judge(VectorInput input) throws IOException, FormatException {
    var variable = SignatureVariable.byName(input.context("variable")).orElseThrow();
    var update = AuthenticatedVariable.parse(input.file("update"));
    var authority =
        input.has("authority")
            ? Certificates.parse(input.file("authority"))
            : List.<X509CertificateHolder>of();
    String stored = input.context("stored");
    Optional<EfiTime> time =
        stored.equals("none") ? Optional.empty() : Optional.of(EfiTime.of(Instant.parse(stored)));
    boolean append = input.context("write").equals("append");
    return Outcome.of(
        UpdateVerifier.verify(update, variable, append, new UpdateVerifier.State(authority, time)));
  }
}
