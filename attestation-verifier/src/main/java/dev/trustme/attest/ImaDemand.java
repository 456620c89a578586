// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Digest;
import dev.trustme.ima.BootAggregate;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.trust.Revocation;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What measured files are held against.
 *
 * @param files of the release, if it is trusted and lists some
 * @param aggregate what the log has to begin with; absent without the PCR values that it hashes
 * @param at when keys that the log shows must be valid
 */
public record ImaDemand(
    ImaRule rule,
    Optional<FileSigners> signers,
    Revocation revocation,
    Optional<ShippedFiles> files,
    Optional<Digest> aggregate,
    Instant at) {

  /** The demand of a policy; empty if it asks for no files. */
  public static Optional<ImaDemand> of(
      Policy policy,
      TrustAnchors anchors,
      Optional<ReleaseManifest> release,
      Map<Integer, Digest> claimed,
      Instant at) {
    var bank = policy.require().pcrs().bank();
    return policy
        .require()
        .ima()
        .map(rule ->
            new ImaDemand(
                rule,
                anchors.files(),
                anchors.revocation(),
                release.flatMap(ReleaseManifest::files),
                BootAggregate.PCR_0_TO_9.of(bank, claimed),
                at));
  }
}
