// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.DsseVerifier;
import dev.trustme.artifact.SignedPayload;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The manifest's part of both decisions: signed for the container role, not past its end, for this
 * platform, and with no requirement that this device cannot meet.
 */
final class ManifestVerifier {
  /** Largest manifest file that is read, in bytes. */
  static final long MAX_FILE = 4L << 20;

  private static final Map<String, String> ARCHITECTURES =
      Map.of("amd64", "amd64", "aarch64", "arm64");

  private final TrustStore anchors;

  ManifestVerifier(TrustStore anchors) {
    this.anchors = anchors;
  }

  /** Certificates count as of {@code signedBy}, the manifest's own end as of {@code now}. */
  Verdict<ContainerManifest> verify(Bytes envelope, Instant signedBy, Instant now)
      throws FormatException {
    var verdict =
        new DsseVerifier(anchors, Role.CONTAINER, 1, signedBy)
            .verify(DsseEnvelope.parse(envelope), DsseEnvelope.CONTAINER);
    return switch (verdict) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> {
        var manifest = ContainerManifest.parse(accepted.value().payload());
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.add(notAfter(manifest, now));
        checks.add(platform(manifest));
        checks.add(contentMode(manifest));
        yield Verdict.of(checks, () -> manifest);
      }
    };
  }

  private static Check notAfter(ContainerManifest manifest, Instant now) {
    return now.isAfter(manifest.notAfter())
        ? Check.fail("not-after", "a time until " + manifest.notAfter(), now.toString())
            .advise("install a newer version")
        : Check.pass("not-after", manifest.notAfter().toString());
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
