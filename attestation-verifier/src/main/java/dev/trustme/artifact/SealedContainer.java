// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A container whose manifest is signed for the container role and not past its end, and whose image
 * is the one that the manifest states, to the last byte; only {@link #verify} makes one. What
 * depends on the device (platform, content mode, what is installed already) is not looked at.
 */
public final class SealedContainer {
  private final SignedContainerManifest signed;

  private SealedContainer(SignedContainerManifest signed) {
    this.signed = signed;
  }

  public ContainerManifest manifest() {
    return signed.manifest();
  }

  public List<TrustedSigner> signers() {
    return signed.signers();
  }

  /** The vendor's own container. */
  public static Verdict<SealedContainer> verify(
      Bytes envelope, FileChannel image, TrustStore roots, Instant at)
      throws IOException, FormatException {
    return verify(envelope, image, roots, PathPolicy.of(Role.CONTAINER), at);
  }

  /** The envelope is that of a {@link SealedLayout}. */
  public static Verdict<SealedContainer> verify(
      Bytes envelope, FileChannel image, TrustStore roots, PathPolicy policy, Instant at)
      throws IOException, FormatException {
    return switch (SignedContainerManifest.verify(envelope, roots, policy, at, at)) {
      case Verdict.Rejected<SignedContainerManifest> rejected -> rejected.as();
      case Verdict.Accepted<SignedContainerManifest> accepted -> {
        var signed = accepted.value();
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.addAll(ImageVerifier.verify(image, signed.manifest().image()));
        yield Verdict.of(checks, () -> new SealedContainer(signed));
      }
    };
  }
}
