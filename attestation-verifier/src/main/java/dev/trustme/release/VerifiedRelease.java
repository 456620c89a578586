// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.release;

import dev.trustme.trust.TrustedSigner;
import java.util.List;

/** A release manifest whose signatures were verified; only {@link ReleaseVerifier} makes one. */
public final class VerifiedRelease {
  private final ReleaseManifest manifest;
  private final List<TrustedSigner> signers;

  VerifiedRelease(ReleaseManifest manifest, List<TrustedSigner> signers) {
    this.manifest = manifest;
    this.signers = List.copyOf(signers);
  }

  public ReleaseManifest manifest() {
    return manifest;
  }

  public List<TrustedSigner> signers() {
    return signers;
  }
}
