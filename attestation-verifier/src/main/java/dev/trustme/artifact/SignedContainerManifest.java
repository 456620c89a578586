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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A container manifest that is signed for the container role and not past its end; only {@link
 * #verify} makes one.
 */
public final class SignedContainerManifest {
  /** Largest manifest file that is read, in bytes. */
  public static final long MAX_FILE = 4L << 20;

  private final ContainerManifest manifest;
  private final List<TrustedSigner> signers;

  private SignedContainerManifest(ContainerManifest manifest, List<TrustedSigner> signers) {
    this.manifest = manifest;
    this.signers = List.copyOf(signers);
  }

  public ContainerManifest manifest() {
    return manifest;
  }

  public List<TrustedSigner> signers() {
    return signers;
  }

  /** The vendor's own manifest. */
  public static Verdict<SignedContainerManifest> verify(
      Bytes envelope, TrustStore roots, Instant signedBy, Instant now) throws FormatException {
    return verify(envelope, roots, PathPolicy.of(Role.CONTAINER), signedBy, now);
  }

  /** Certificates count as of {@code signedBy}, the manifest's own end as of {@code now}. */
  public static Verdict<SignedContainerManifest> verify(
      Bytes envelope, TrustStore roots, PathPolicy policy, Instant signedBy, Instant now)
      throws FormatException {
    var verdict =
        new DsseVerifier(roots, policy, 1, signedBy)
            .verify(DsseEnvelope.parse(envelope), DsseEnvelope.CONTAINER);
    return switch (verdict) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> {
        var payload = accepted.value();
        var manifest = ContainerManifest.parse(payload.payload());
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.add(notAfter(manifest, now));
        yield Verdict.of(checks, () -> new SignedContainerManifest(manifest, payload.signers()));
      }
    };
  }

  private static Check notAfter(ContainerManifest manifest, Instant now) {
    return now.isAfter(manifest.notAfter())
        ? Check.fail("not-after", "a time until " + manifest.notAfter(), now.toString())
            .advise("install a newer version")
        : Check.pass("not-after", manifest.notAfter().toString());
  }
}
