// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.artifact.NotationSignature;
import dev.trustme.artifact.SigstoreBundle;
import dev.trustme.bytes.Bytes;
import dev.trustme.json.Json;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A layout with an image and signatures of it, as a tar archive; nothing in it need be right. */
final class SignedLayout {
  private final Map<String, Bytes> blobs = new TreeMap<>();
  private final List<OciDescriptor> entries = new ArrayList<>();

  /** An image for this architecture, which the layout's index does not list yet. */
  OciDescriptor image(String architecture) {
    var layer = blob(OciDescriptor.LAYER, new RawTar().file("bin/sh", architecture).end());
    var config = blob(OciDescriptor.CONFIG, config(architecture));
    return blob(
        OciDescriptor.MANIFEST,
        OciManifest.artifact("", config, List.of(layer), Optional.empty(), Map.of()).encode());
  }

  private static Bytes config(String architecture) {
    return Bytes.utf8(
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
            .formatted(architecture));
  }

  /** An index of two platforms, which the layout's index does not list yet. */
  OciDescriptor platforms() {
    List<OciDescriptor> all = new ArrayList<>();
    for (String architecture : List.of("arm64", "riscv64")) {
      var image = image(architecture);
      var platform = new OciDescriptor.Platform(architecture, "linux", Optional.empty());
      all.add(
          new OciDescriptor(
              image.mediaType(),
              image.digest(),
              image.size(),
              Optional.empty(),
              Optional.empty(),
              Optional.of(platform)));
    }
    return blob(OciDescriptor.INDEX, OciIndex.of(all).encode());
  }

  OciDescriptor blob(String type, Bytes content) {
    var descriptor = OciDescriptor.of(type, content);
    blobs.put(OciFiles.blobName(descriptor), content);
    return descriptor;
  }

  /** Another content under the name of this blob. */
  SignedLayout damage(OciDescriptor blob, Bytes content) {
    blobs.put(OciFiles.blobName(blob), content);
    return this;
  }

  SignedLayout list(OciDescriptor entry) {
    entries.add(entry);
    return this;
  }

  /** A layer with cosign's payload, and its signature in the annotation. */
  OciDescriptor cosignLayer(Bytes payload, String signature) {
    return blob(CosignSignature.MEDIA_TYPE, payload)
        .annotated(CosignSignature.ANNOTATION, signature);
  }

  /** Lists a manifest of these layers where cosign looks for signatures of the image. */
  SignedLayout cosign(OciDescriptor image, List<OciDescriptor> layers) {
    var config = blob(OciDescriptor.CONFIG, Bytes.utf8("{}"));
    var one = layers.subList(0, 1);
    var first = OciManifest.artifact("", config, one, Optional.empty(), Map.of()).encode();
    var all = Bytes.utf8(first.utf8().replace(text(one), text(layers)));
    var manifest = blob(OciDescriptor.MANIFEST, all);
    return list(manifest.annotated(OciDescriptor.REF_NAME, tag(image) + ".sig"));
  }

  private static String text(List<OciDescriptor> layers) {
    return Json.write(layers).utf8();
  }

  private static String tag(OciDescriptor image) {
    return image.digest().toString().replace(':', '-');
  }

  SignedLayout sigstore(OciDescriptor image, Bytes... bundles) {
    return refer(image, SigstoreBundle.MEDIA_TYPE, SigstoreBundle.MEDIA_TYPE, bundles);
  }

  SignedLayout notation(OciDescriptor image, Bytes signature) {
    return refer(image, NotationSignature.ARTIFACT, NotationSignature.MEDIA_TYPE, signature);
  }

  private SignedLayout refer(OciDescriptor image, String type, String layerType, Bytes... layers) {
    var config = blob(OciDescriptor.EMPTY, OciDescriptor.EMPTY_CONTENT);
    List<OciDescriptor> all = new ArrayList<>();
    for (Bytes layer : layers) {
      all.add(blob(layerType, layer));
    }
    var manifest = OciManifest.artifact(type, config, all, Optional.of(image), Map.of());
    return list(blob(OciDescriptor.MANIFEST, manifest.encode()).typed(type));
  }

  Bytes tar() {
    var tar = new RawTar().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    tar.file("index.json", OciIndex.of(entries).encode());
    blobs.forEach(tar::file);
    return tar.end();
  }
}
