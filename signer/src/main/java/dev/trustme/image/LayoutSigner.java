// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trustme.artifact.CosignSignature;
import dev.trustme.artifact.NotationSignature;
import dev.trustme.artifact.SigstoreBundle;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.oci.LayoutFile;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.oci.OciFiles;
import dev.trustme.oci.OciIndex;
import dev.trustme.oci.OciManifest;
import dev.trustme.oci.TarFiles;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Signs images where they are, in an OCI layout: the images' bytes stay as they are, new blobs and
 * entries of the index appear beside them. cosign's signatures are a manifest with the tag {@code
 * sha256-HEX.sig}; bundles and notation's are referrers, listed under the tag {@code sha256-HEX}
 * for registries that cannot list them (OCI Distribution 1.1, "Referrers Tag Schema").
 */
public final class LayoutSigner {
  private static final String KIND = "kind";
  private static final String IMAGE = "dev.cosignproject.cosign/image";
  private static final String IMAGE_INDEX = "dev.cosignproject.cosign/imageIndex";
  private static final String SIGNATURES = "dev.cosignproject.cosign/sigs";

  private final OciFiles files;
  private final ImageSigner signer;
  private final OciIndex index;
  private final ArrayNode entries;
  private final ObjectNode document;
  private final Map<String, Bytes> blobs = new LinkedHashMap<>();

  private LayoutSigner(OciFiles files, ImageSigner signer) throws IOException, FormatException {
    this.files = files;
    this.signer = signer;
    this.index = LayoutFile.index(files);
    this.document = (ObjectNode) Json.tree(files.document(LayoutFile.INDEX_NAME), "OCI index");
    this.entries = (ArrayNode) document.get("manifests");
  }

  /** In which form peers read the signature. */
  public enum Form {
    cosign,
    bundle,
    notation
  }

  /**
   * What changes in the layout.
   *
   * @param blobs new files by their name in the layout
   * @param index the new content of {@code index.json}
   */
  public record Signed(Map<String, Bytes> blobs, Bytes index) {
    public Signed {
      blobs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(blobs));
    }

    /** Writes the archive that the image came in, with these changes, into the empty file. */
    public void writeArchive(SourceImage source, FileChannel out)
        throws IOException, FormatException {
      SignedArchive.write((TarFiles) source.files(), this, out);
    }
  }

  /**
   * Signs each image in each form; nothing is written. {@code reference} is the name that cosign's
   * payload carries. A key that a form does not know is an IllegalArgumentException.
   */
  public static Signed sign(SourceImage source, Set<Form> forms, RoleKey key, Name name)
      throws IOException, FormatException {
    var signer = new LayoutSigner(source.files(), new ImageSigner(key, name.time()));
    for (var image : source.signable()) {
      signer.sign(image, forms, name.reference());
    }
    return new Signed(signer.blobs, Json.write(signer.document));
  }

  /** What signatures say besides: the image's name in its registry, and when. */
  public record Name(String reference, Instant time) {}

  private void sign(OciDescriptor image, Set<Form> forms, String reference)
      throws IOException, FormatException {
    if (forms.contains(Form.cosign)) {
      cosign(image, reference);
    }
    if (forms.contains(Form.bundle)) {
      refer(
          image,
          SigstoreBundle.MEDIA_TYPE,
          OciDescriptor.EMPTY,
          blob(SigstoreBundle.MEDIA_TYPE, signer.bundle(image)),
          Map.of(
              "dev.sigstore.bundle.content",
              "dsse-envelope",
              "dev.sigstore.bundle.predicateType",
              SigstoreBundle.PREDICATE));
    }
    if (forms.contains(Form.notation)) {
      refer(
          image,
          NotationSignature.ARTIFACT,
          NotationSignature.ARTIFACT,
          blob(NotationSignature.MEDIA_TYPE, signer.notation(image)),
          Map.of(NotationSignature.THUMBPRINTS, thumbprints()));
    }
  }

  private String thumbprints() {
    return Json.write(
            signer.key().chain().stream().map(c -> Certificates.fingerprint(c).hex()).toList())
        .utf8();
  }

  /** One manifest holds all of an image's signatures, a layer each. */
  private void cosign(OciDescriptor image, String reference) throws IOException, FormatException {
    var payload = CosignSignature.payload(reference, image.digest());
    String tag = tag(image) + ".sig";
    var before = tagged(tag);
    List<OciDescriptor> layers = new ArrayList<>();
    if (before.isPresent()) {
      layers.addAll(OciManifest.parse(files.blob(before.get())).layers());
      if (layers.stream().anyMatch(layer -> isOurs(layer, payload, reference, image))) {
        return;
      }
    }
    layers.add(
        blob(CosignSignature.MEDIA_TYPE, payload)
            .annotated(CosignSignature.ANNOTATION, signer.cosign(image, reference).base64()));
    var config = blob(OciDescriptor.CONFIG, signatureConfig(layers));
    var manifest = OciManifest.artifact("", config, layers, Optional.empty(), Map.of());
    put(
        before,
        blob(OciDescriptor.MANIFEST, manifest.encode())
            .annotated(OciDescriptor.REF_NAME, tag)
            .annotated(KIND, SIGNATURES));
    markImage(image);
  }

  private boolean isOurs(
      OciDescriptor layer, Bytes payload, String reference, OciDescriptor image) {
    try {
      return layer.digest().equals(layer.digest().algorithm().digest(payload))
          && CosignSignature.verify(
                  payload,
                  Bytes.fromBase64(layer.annotation(CosignSignature.ANNOTATION).orElse("")),
                  image.digest(),
                  reference,
                  signer.key().key().publicKey())
              .accepted();
    } catch (FormatException | IllegalArgumentException e) {
      return false;
    }
  }

  /** As cosign writes it for an image that is no image. */
  private static Bytes signatureConfig(List<OciDescriptor> layers) {
    var ids = layers.stream().map(layer -> layer.digest().toString()).toList();
    String never = "0001-01-01T00:00:00Z";
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architecture", "");
    config.put("created", never);
    config.put("history", ids.stream().map(id -> Map.of("created", never)).toList());
    config.put("os", "");
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("type", "layers");
    root.put("diff_ids", ids);
    config.put("rootfs", root);
    config.put("config", Map.of());
    return Json.write(config);
  }

  private void refer(
      OciDescriptor image,
      String type,
      String configType,
      OciDescriptor layer,
      Map<String, String> annotations)
      throws IOException, FormatException {
    var config = blob(configType, OciDescriptor.EMPTY_CONTENT);
    boolean typed = configType.equals(OciDescriptor.EMPTY);
    var manifest =
        OciManifest.artifact(
            typed ? type : "", config, List.of(layer), Optional.of(image), annotations);
    var referrer = blob(OciDescriptor.MANIFEST, manifest.encode()).typed(type);
    for (var annotation : new java.util.TreeMap<>(annotations).entrySet()) {
      referrer = referrer.annotated(annotation.getKey(), annotation.getValue());
    }
    var before = tagged(tag(image));
    List<OciDescriptor> all = new ArrayList<>();
    if (before.isPresent()) {
      all.addAll(OciIndex.parse(read(before.get())).manifests());
    }
    if (!all.contains(referrer)) {
      all.add(referrer);
      entries.add(Json.tree(Json.write(referrer), "OCI descriptor"));
    }
    put(
        before,
        blob(OciDescriptor.INDEX, OciIndex.of(all).encode())
            .annotated(OciDescriptor.REF_NAME, tag(image)));
  }

  private static String tag(OciDescriptor image) {
    return image.digest().toString().replace(':', '-');
  }

  /** What the layout, or what this session added to it, has under a tag. */
  private Optional<OciDescriptor> tagged(String tag) throws FormatException {
    var found =
        OciIndex.parse(Json.write(document)).manifests().stream()
            .filter(m -> m.tag().equals(Optional.of(tag)))
            .toList();
    if (found.size() > 1) {
      throw new FormatException("OCI index", 0, "the tag %s twice".formatted(tag))
          .in(files.path(LayoutFile.INDEX_NAME));
    }
    return found.stream().findFirst();
  }

  private Bytes read(OciDescriptor descriptor) throws IOException, FormatException {
    var added = blobs.get(OciFiles.blobName(descriptor));
    return added != null ? added : files.blob(descriptor);
  }

  private OciDescriptor blob(String mediaType, Bytes content) throws IOException {
    var descriptor = OciDescriptor.of(mediaType, content);
    String name = OciFiles.blobName(descriptor);
    if (!files.has(name)) {
      blobs.put(name, content);
    }
    return descriptor;
  }

  private void put(Optional<OciDescriptor> before, OciDescriptor entry) throws FormatException {
    var node = Json.tree(Json.write(entry), "OCI descriptor");
    for (int i = 0; before.isPresent() && i < entries.size(); i++) {
      if (before.get().digest().toString().equals(entries.get(i).get("digest").asText())) {
        entries.set(i, node);
        return;
      }
    }
    entries.add(node);
  }

  /** cosign finds the image itself by this annotation. */
  private void markImage(OciDescriptor image) {
    for (int i = 0; i < index.manifests().size(); i++) {
      var entry = index.manifests().get(i);
      if (entry.digest().equals(image.digest()) && entry.annotation(KIND).isEmpty()) {
        var annotations = ((ObjectNode) entries.get(i)).withObjectProperty("annotations");
        annotations.put(KIND, image.mediaType().equals(OciDescriptor.INDEX) ? IMAGE_INDEX : IMAGE);
      }
    }
  }
}
