// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.artifact.JwsAlgorithm;
import dev.trustme.artifact.NotationSignature;
import dev.trustme.artifact.SigstoreBundle;
import dev.trustme.artifact.SigstoreScheme;
import dev.trustme.bytes.Bytes;
import dev.trustme.key.Subject;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.SignatureAlgorithm;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** Signs an image's manifest in the forms that registries carry. */
final class ImageSigner {
  private final RoleKey key;
  private final Instant time;

  /** {@code time} is written where the form wants one. */
  ImageSigner(RoleKey key, Instant time) {
    this.key = key;
    this.time = time;
  }

  RoleKey key() {
    return key;
  }

  /** The signature over a {@link CosignSignature#payload}. */
  Bytes cosign(OciDescriptor image, String reference) {
    return sign(image, sigstore(), "cosign", CosignSignature.payload(reference, image.digest()));
  }

  /** An encoded {@link SigstoreBundle}. */
  Bytes bundle(OciDescriptor image) {
    var statement = SigstoreBundle.statement(image.digest());
    var signature = sign(image, sigstore(), "bundle", SigstoreBundle.signedBytes(statement));
    return SigstoreBundle.of(statement, signature, key.key().publicKey()).encode();
  }

  /** An encoded {@link NotationSignature}. */
  Bytes notation(OciDescriptor image) {
    var by = JwsAlgorithm.of(key.key().publicKey()).orElseThrow(unusable("notation"));
    var from = key.certificate().getNotBefore().toInstant();
    var unsigned =
        NotationSignature.unsigned(image, by, time.isBefore(from) ? from : time, key.chain());
    var signature = sign(image, by.algorithm(), "notation", unsigned.signedBytes());
    return unsigned.signed(by.fromDer(signature)).encode();
  }

  private SignatureAlgorithm sigstore() {
    return SigstoreScheme.of(key.key().publicKey()).orElseThrow(unusable("cosign"));
  }

  private static Supplier<IllegalArgumentException> unusable(String form) {
    return () -> new IllegalArgumentException(form + ": knows no signatures by such a key");
  }

  private Bytes sign(OciDescriptor image, SignatureAlgorithm by, String form, Bytes message) {
    var about =
        new Subject(
            ArtifactKind.CONTAINER_MANIFEST,
            "image " + image.digest(),
            image.digest(),
            Map.of("form", form, "media-type", image.mediaType()));
    var signer = key.key().about(about).contentSigner(by.identifier());
    try (var out = signer.getOutputStream()) {
      out.write(message.toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Bytes.copyOf(signer.getSignature());
  }
}
