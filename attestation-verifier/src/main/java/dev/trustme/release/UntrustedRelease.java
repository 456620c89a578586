// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.FormatException;

/**
 * An envelope and the release manifest that is its payload, read once for however many judgements:
 * what it says, whoever signed it.
 */
public final class UntrustedRelease {
  private final DsseEnvelope envelope;
  private final ReleaseManifest manifest;

  private UntrustedRelease(DsseEnvelope envelope, ReleaseManifest manifest) {
    this.envelope = envelope;
    this.manifest = manifest;
  }

  public static UntrustedRelease read(DsseEnvelope envelope) throws FormatException {
    return new UntrustedRelease(envelope, ReleaseManifest.parse(envelope.payload()));
  }

  public DsseEnvelope envelope() {
    return envelope;
  }

  public ReleaseManifest manifest() {
    return manifest;
  }
}
