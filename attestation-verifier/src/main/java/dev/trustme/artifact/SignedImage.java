// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.oci.ImageChoice;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import dev.trustme.trust.Check;
import dev.trustme.trust.PathPolicy;
import dev.trustme.trust.PathValidator;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * An image in a layout with the signatures that lie beside it, found where its consumers look:
 * cosign's under the tag {@code sha256-HEX.sig}; bundles and notation's among the referrers, which
 * are entries of the layout's index or listed under the tag {@code sha256-HEX} (OCI Distribution
 * 1.1, "Referrers Tag Schema"). One good signature is enough; all of the image is there and is what
 * its manifest says.
 */
public final class SignedImage {
  private static final String SIGNATURES = ".sig";

  private final OciFiles files;
  private final OciIndex index;
  private final OciDescriptor image;

  private SignedImage(OciFiles files, OciIndex index, OciDescriptor image) {
    this.files = files;
    this.index = index;
    this.image = image.bare();
  }

  /** The verification of one signature. */
  private interface Attempt {
    Verdict<?> verify() throws IOException, FormatException;
  }

  /** Bytes to a document. */
  private interface Parser<T> {
    T parse(Bytes json) throws FormatException;
  }

  /**
   * The image that is wanted, or the only one; of several platforms their index, or the wanted
   * one's own manifest.
   */
  public static SignedImage open(OciFiles files, ImageChoice wanted)
      throws IOException, FormatException {
    var index = LayoutFile.index(files);
    var top = wanted.top(files, index);
    if (!top.mediaType().equals(OciDescriptor.INDEX)) {
      return complete(files, index, top);
    }
    var platforms = read(files, top, OciIndex::parse).manifests();
    if (wanted.platform().isPresent()) {
      return complete(files, index, wanted.ofPlatform(files, platforms));
    }
    for (var each : platforms) {
      complete(files, index, each);
    }
    return new SignedImage(files, index, top);
  }

  private static SignedImage complete(OciFiles files, OciIndex index, OciDescriptor manifest)
      throws IOException, FormatException {
    if (!manifest.mediaType().equals(OciDescriptor.MANIFEST)) {
      throw new FormatException("OCI index", 0, "an index in an index in the layout's index")
          .in(files.path(LayoutFile.INDEX_NAME));
    }
    files.requireComplete(manifest);
    return new SignedImage(files, index, manifest);
  }

  private static <T> T read(OciFiles files, OciDescriptor descriptor, Parser<T> parser)
      throws IOException, FormatException {
    var content = files.blob(descriptor);
    try {
      return parser.parse(content);
    } catch (FormatException e) {
      throw e.in(files.path(OciFiles.blobName(descriptor)));
    }
  }

  /** The manifest or index that signatures are about. */
  public OciDescriptor image() {
    return image;
  }

  /** Whether cosign, and whoever reads its signatures, finds one by this key under this name. */
  public Verdict<OciDescriptor> cosign(String reference, SubjectPublicKeyInfo key)
      throws IOException, FormatException {
    List<Attempt> attempts = new ArrayList<>();
    var signatures = tagged(tag() + SIGNATURES);
    if (signatures.isPresent()) {
      for (var layer : read(files, signatures.get(), OciManifest::parse).layers()) {
        if (layer.mediaType().equals(CosignSignature.MEDIA_TYPE)) {
          attempts.add(() ->
              read(
                  files,
                  layer,
                  payload ->
                      CosignSignature.verify(
                          payload, signature(layer), image.digest(), reference, key)));
        }
      }
    }
    return anyOf("cosign", attempts);
  }

  private static Bytes signature(OciDescriptor layer) throws FormatException {
    var text = layer.annotation(CosignSignature.ANNOTATION);
    if (text.isEmpty()) {
      throw new FormatException("cosign signature", 0, "its layer has no annotation with it");
    }
    try {
      return Bytes.fromBase64(text.get());
    } catch (IllegalArgumentException e) {
      throw new FormatException("cosign signature", 0, "is no base64: " + e.getMessage());
    }
  }

  /** Whether there is a sigstore bundle by this key. */
  public Verdict<OciDescriptor> sigstore(SubjectPublicKeyInfo key)
      throws IOException, FormatException {
    List<Attempt> attempts = new ArrayList<>();
    for (var layer : referring(SigstoreBundle.MEDIA_TYPE, SigstoreBundle.MEDIA_TYPE)) {
      attempts.add(
          () -> read(files, layer, json -> SigstoreBundle.parse(json).verify(image.digest(), key)));
    }
    return anyOf("sigstore", attempts);
  }

  /** Whether notation finds one by a signer that this policy trusts. */
  public Verdict<OciDescriptor> notation(PathValidator validator, PathPolicy policy)
      throws IOException, FormatException {
    List<Attempt> attempts = new ArrayList<>();
    for (var layer : referring(NotationSignature.ARTIFACT, NotationSignature.MEDIA_TYPE)) {
      attempts.add(() ->
          read(
              files,
              layer,
              json -> NotationSignature.parse(json).verify(image, validator, policy)));
    }
    return anyOf("notation", attempts);
  }

  private String tag() {
    return image.digest().toString().replace(':', '-');
  }

  private Optional<OciDescriptor> tagged(String tag) throws FormatException {
    var found = index.manifests().stream().filter(m -> m.tag().equals(Optional.of(tag))).toList();
    if (found.size() > 1) {
      throw new FormatException("OCI index", 0, "the tag %s twice".formatted(tag))
          .in(files.path(LayoutFile.INDEX_NAME));
    }
    return found.stream().findFirst();
  }

  /** The one layer of each artifact of this type that refers to the image. */
  private List<OciDescriptor> referring(String type, String layerType)
      throws IOException, FormatException {
    List<OciDescriptor> listed = new ArrayList<>(index.manifests());
    var tagged = tagged(tag());
    if (tagged.isPresent()) {
      listed.addAll(read(files, tagged.get(), OciIndex::parse).manifests());
    }
    Set<OciDescriptor> referrers = new LinkedHashSet<>();
    listed.stream()
        .filter(m -> m.artifactType().equals(Optional.of(type)))
        .map(OciDescriptor::bare)
        .forEach(referrers::add);
    List<OciDescriptor> layers = new ArrayList<>();
    for (var referrer : referrers) {
      var manifest = read(files, referrer, OciManifest::parse);
      if (manifest.subject().map(OciDescriptor::bare).equals(Optional.of(image))) {
        layers.add(only(manifest, layerType, referrer));
      }
    }
    return layers;
  }

  private OciDescriptor only(OciManifest manifest, String type, OciDescriptor referrer)
      throws FormatException {
    var first = manifest.layers().getFirst();
    if (manifest.layers().size() != 1 || !first.mediaType().equals(type)) {
      throw new FormatException("image signature", 0, "expected one layer, of type " + type)
          .in(files.path(OciFiles.blobName(referrer)));
    }
    return first;
  }

  /** One that cannot be read does not hide a good one; without a good one it is the answer. */
  private Verdict<OciDescriptor> anyOf(String form, List<Attempt> attempts)
      throws IOException, FormatException {
    List<Check> failures = new ArrayList<>();
    @Nullable FormatException malformed = null;
    for (int i = 0; i < attempts.size(); i++) {
      String where = "signature %d of %d".formatted(i + 1, attempts.size());
      try {
        var verdict = attempts.get(i).verify();
        if (verdict.accepted()) {
          return Verdict.of(verdict.checks(), () -> image);
        }
        verdict.failures().forEach(check -> failures.add(check.at(where)));
      } catch (FormatException e) {
        malformed = malformed == null ? e : malformed;
      }
    }
    if (malformed != null) {
      throw malformed;
    }
    if (failures.isEmpty()) {
      failures.add(
          Check.fail(
              "image-signed", "a %s signature of %s".formatted(form, image.digest()), "none"));
    }
    return new Verdict.Rejected<>(failures);
  }
}
