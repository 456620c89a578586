// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.Check;
import dev.trustme.trust.Role;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.TrustedSigner;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
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
  private static final int CHUNK = 1 << 20;

  private final ContainerManifest manifest;
  private final List<TrustedSigner> signers;

  private SealedContainer(ContainerManifest manifest, List<TrustedSigner> signers) {
    this.manifest = manifest;
    this.signers = List.copyOf(signers);
  }

  public ContainerManifest manifest() {
    return manifest;
  }

  public List<TrustedSigner> signers() {
    return signers;
  }

  /** The envelope is the content of {@link ContainerManifest#MANIFEST_FILE}. */
  public static Verdict<SealedContainer> verify(
      Bytes envelope, FileChannel image, TrustStore roots, Instant at)
      throws IOException, FormatException {
    var signed =
        new DsseVerifier(roots, Role.CONTAINER, 1, at)
            .verify(DsseEnvelope.parse(envelope), DsseEnvelope.CONTAINER);
    return switch (signed) {
      case Verdict.Rejected<SignedPayload> rejected -> rejected.as();
      case Verdict.Accepted<SignedPayload> accepted -> {
        var manifest = ContainerManifest.parse(accepted.value().payload());
        List<Check> checks = new ArrayList<>(accepted.checks());
        checks.add(notAfter(manifest, at));
        checks.addAll(image(image, manifest.image()));
        yield Verdict.of(checks, () -> new SealedContainer(manifest, accepted.value().signers()));
      }
    };
  }

  private static Check notAfter(ContainerManifest manifest, Instant at) {
    return at.isAfter(manifest.notAfter())
        ? Check.fail("not-after", "a time until " + manifest.notAfter(), at.toString())
        : Check.pass("not-after", manifest.notAfter().toString());
  }

  private static List<Check> image(FileChannel image, ContainerManifest.Image expected)
      throws IOException, FormatException {
    if (image.size() != expected.size()) {
      return List.of(Check.fail("image-size", expected.size() + " bytes", image.size() + " bytes"));
    }
    var seen = sha256(image);
    if (!seen.equals(expected.sha256())) {
      return List.of(
          Check.fail("image-digest", expected.sha256().toString(), seen.toString())
              .advise("the image was changed after it was signed"));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(Check.pass("image-digest", seen.toString()));
    var verity = expected.verity();
    checks.addAll(VerityTree.verify(image, verity.hashOffset(), verity.rootHash()).checks());
    return checks;
  }

  private static Digest sha256(FileChannel image) throws IOException {
    var digest = HashAlgorithm.SHA256.newDigest();
    var buffer = ByteBuffer.allocate(CHUNK);
    long at = 0;
    for (int got = image.read(buffer, at); got > 0; got = image.read(buffer, at)) {
      digest.update(buffer.flip());
      buffer.clear();
      at += got;
    }
    return new Digest(HashAlgorithm.SHA256, Bytes.copyOf(digest.digest()));
  }
}
