// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.SignatureScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A release manifest's file, read without judging who signed it. */
record ReleaseFile(DsseEnvelope envelope, ReleaseManifest manifest) {
  /** One signature: whose it says it is, and whether it holds for that certificate. */
  record Signature(String subject, dev.trustme.bytes.Digest certificate, boolean holds) {}

  static ReleaseFile read(Path file) throws IOException, FormatException {
    return Inputs.parse(
        file,
        bytes -> {
          var envelope = DsseEnvelope.parse(bytes);
          if (!envelope.payloadType().equals(DsseEnvelope.RELEASE)) {
            throw new FormatException(
                "DSSE envelope",
                0,
                "expected payload type %s, found %s"
                    .formatted(DsseEnvelope.RELEASE, envelope.payloadType()));
          }
          return new ReleaseFile(envelope, ReleaseManifest.parse(envelope.payload()));
        });
  }

  /** Every signature with the certificate that travels with it; nobody trusts that one yet. */
  List<Signature> signatures() throws FormatException {
    var message =
        DsseEnvelope.preAuthenticationEncoding(envelope.payloadType(), envelope.payload());
    List<Signature> signatures = new ArrayList<>();
    for (var signature : envelope.signatures()) {
      var chain = signature.untrustedChain();
      if (chain.isEmpty()) {
        throw new FormatException("DSSE envelope", 0, "a signature without its certificate");
      }
      signatures.add(
          new Signature(
              chain.getFirst().getSubject().toString(),
              Certificates.fingerprint(chain.getFirst()),
              SignatureScheme.verify(chain.getFirst(), message, signature.sig())));
    }
    return signatures;
  }
}
