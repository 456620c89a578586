// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enforce;

import dev.trustme.artifact.ContainerManifest;
import dev.trustme.artifact.ImageVerifier;
import dev.trustme.artifact.SignedContainerManifest;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.store.InstalledContainer;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides at every start anew, from the bytes that lie in the store now: the manifest's signature,
 * its end, and every byte of the image. The signer's certificates count as of the installation, so
 * that a fleet does not stop on the day they expire. Nothing is started or changed here.
 */
public final class StartGuard {
  private final ManifestVerifier manifests;
  private final Instant now;

  public StartGuard(TrustStore anchors, Instant now) {
    this.manifests = new ManifestVerifier(anchors);
    this.now = now;
  }

  /** Accepted with a permit that the caller closes. */
  public Verdict<StartPermit> check(InstalledContainer container) throws IOException {
    if (container.installedAt().isAfter(now)) {
      return new Verdict.Rejected<>(
          List.of(
              Check.fail("installed-at", "a time until " + now, container.installedAt().toString())
                  .advise("set the clock, or install the container again")));
    }
    Verdict<ContainerManifest> manifest;
    try {
      manifest =
          manifests.verify(
              Inputs.read(container.manifest(), SignedContainerManifest.MAX_FILE),
              container.installedAt(),
              now);
    } catch (FormatException e) {
      return new Verdict.Rejected<>(
          List.of(
              Check.fail("manifest-format", "a container manifest", e.getMessage() + "")
                  .advise("install the container again")));
    }
    return switch (manifest) {
      case Verdict.Rejected<ContainerManifest> rejected -> rejected.as();
      case Verdict.Accepted<ContainerManifest> accepted -> withImage(container, accepted);
    };
  }

  private static Verdict<StartPermit> withImage(
      InstalledContainer container, Verdict.Accepted<ContainerManifest> accepted)
      throws IOException {
    var manifest = accepted.value();
    List<Check> checks = new ArrayList<>(accepted.checks());
    checks.add(sameContainer(container, manifest));
    var image = OpenedFile.open(container.image());
    try {
      checks.addAll(ImageVerifier.verify(image.channel(), manifest.image()));
    } catch (IOException e) {
      image.close();
      throw e;
    }
    var verdict = Verdict.of(checks, () -> new StartPermit(manifest, image, checks));
    if (!verdict.accepted()) {
      image.close();
    }
    return verdict;
  }

  private static Check sameContainer(InstalledContainer container, ContainerManifest manifest) {
    String expected = container.name() + " " + container.version();
    String seen = manifest.name() + " " + manifest.version();
    return expected.equals(seen)
        ? Check.pass("container-identity", seen)
        : Check.fail("container-identity", expected, seen).advise("install the container again");
  }
}
