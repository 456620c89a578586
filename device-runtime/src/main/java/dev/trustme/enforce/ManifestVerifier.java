// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The manifest's part of both decisions: signed for the container role, not past its end, for this
 * platform, and with no requirement or wish that this device cannot meet.
 */
final class ManifestVerifier {
  private static final Map<String, String> ARCHITECTURES =
      Map.of("amd64", "amd64", "aarch64", "arm64");

  private final TrustStore anchors;

  ManifestVerifier(TrustStore anchors) {
    this.anchors = anchors;
  }

  /** Certificates count as of {@code signedBy}, the manifest's own end as of {@code now}. */
  Verdict<ContainerManifest> verify(Bytes envelope, Instant signedBy, Instant now)
      throws FormatException {
    return switch (SignedContainerManifest.verify(envelope, anchors, signedBy, now)) {
      case Verdict.Rejected<SignedContainerManifest> rejected -> rejected.as();
      case Verdict.Accepted<SignedContainerManifest> accepted -> {
        var manifest = accepted.value().manifest();
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.add(platform(manifest));
        checks.add(contentMode(manifest));
        checks.addAll(Enforceable.missing(manifest));
        yield Verdict.of(checks, () -> manifest);
      }
    };
  }

  private static Check platform(ContainerManifest manifest) {
    String machine = System.getProperty("os.arch", "");
    String platform = "linux/" + ARCHITECTURES.getOrDefault(machine, machine);
    return platform.equals(manifest.platform())
        ? Check.pass("platform", platform)
        : Check.fail("platform", manifest.platform(), platform);
  }

  private static Check contentMode(ContainerManifest manifest) {
    return switch (manifest.requires().content()) {
      case VERIFIED_AT_START -> Check.pass("content-mode", "verified-at-start");
      case VERITY ->
          Check.fail("content-mode", "verity", "verified-at-start")
              .advise("this device checks images at every start, not at every read");
    };
  }
}
