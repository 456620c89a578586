// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.CosignSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;

/** Images in layouts with signatures by cosign's form; bundles and notation's are with them. */
final class ImageVectors {
  static final String IMAGE = "image";
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final String NAME = "registry.example/web";
  private static final String NONE = "cosign-unsigned";

  private final FamilyMaker family;
  private final Identity root =
      SeededPki.root(
          Plan.authority("image root", 1)
              .with(Extension.basicConstraints, true, new BasicConstraints(1)));
  private final Identity signer =
      SeededPki.issue(root, Plan.leaf("image signer", 11, Role.CONTAINER));
  private final Identity stranger =
      SeededPki.issue(root, Plan.leaf("image stranger", 12, Role.CONTAINER));

  ImageVectors(Path folder) throws IOException {
    family = new FamilyMaker(folder, "image", OURS);
  }

  void make() throws IOException {
    family.file("roots.pem", pem(root)).file("signer.pem", pem(signer));
    cosign();
    platforms();
    new BundleVectors(family, signer, stranger).make();
    new NotationVectors(family, root, signer).make();
    family.write();
  }

  static Bytes pem(Identity identity) {
    return Bytes.utf8(Certificates.pem(List.of(identity.certificate())));
  }

  private Vector accept(String id, String comment, Bytes layout, Map<String, String> context)
      throws IOException {
    family.file(id + ".tar", layout);
    return family.accept(id, comment, Map.of(IMAGE, id + ".tar", "key", "signer.pem"), context);
  }

  private static final Map<String, String> CONTEXT = Map.of("as", "cosign", "reference", NAME);

  /** The layout with one image and, over the payload, a signature by this key. */
  private static Bytes signed(Identity by, UnaryOperator<String> change) {
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var payload = Bytes.utf8(change.apply(payload(image)));
    return layout.list(image).cosign(image, List.of(layer(layout, by, payload))).tar();
  }

  private static String payload(OciDescriptor image) {
    return CosignSignature.payload(NAME, image.digest()).utf8();
  }

  private static OciDescriptor layer(SignedLayout layout, Identity by, Bytes payload) {
    return layout.cosignLayer(payload, Envelopes.raw(by, payload).base64());
  }

  private static UnaryOperator<String> replace(String from, String to) {
    return text -> {
      if (!text.contains(from)) {
        throw new IllegalStateException(from + " is not in " + text);
      }
      return text.replace(from, to);
    };
  }

  private void cosign() throws IOException {
    var good = accept("cosign", "cosign's simple signing", signed(signer, text -> text), CONTEXT);
    family
        .refuse(good, "cosign-other-key", "the key of another signer", "key", pem(stranger))
        .refuseContext(
            good, "cosign-other-name", "another name is asked for", "reference", NAME + "/shop");
    payloads(good);
    layouts(good);
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var payload = Bytes.utf8(payload(image));
    var both = List.of(layer(layout, stranger, payload), layer(layout, signer, payload));
    var unused =
        accept(
            "cosign-second",
            "two signatures, the second by the key that is asked for",
            layout.list(image).cosign(image, both).tar(),
            CONTEXT);
  }

  private void payload(Vector good, String id, String comment, UnaryOperator<String> change)
      throws IOException {
    family.refuse(good, "cosign-" + id, comment, IMAGE, signed(signer, change));
  }

  private void payloads(Vector good) throws IOException {
    Digest other = HashAlgorithm.SHA256.digest(Bytes.utf8("another manifest"));
    payload(
        good,
        "other-image",
        "signed, but about another manifest",
        text -> text.replaceFirst("sha256:[0-9a-f]{64}", other.toString()));
    payload(
        good,
        "digest-sha1",
        "the manifest's digest is one of SHA-1",
        text -> text.replaceFirst("sha256:[0-9a-f]{64}", "sha1:" + "00".repeat(20)));
    payload(
        good,
        "type",
        "a payload of another type",
        replace("cosign container image signature", "atomic container signature"));
    payload(
        good,
        "key-twice",
        "a key twice, of which readers see one or the other",
        replace("\"type\"", "\"type\":\"\",\"type\""));
    payload(good, "key-in-capitals", "a key in another case", replace("\"type\"", "\"Type\""));
    payload(
        good,
        "critical-unknown",
        "something critical that nobody knows",
        replace("\"type\"", "\"until\":1,\"type\""));
    payload(good, "trailing", "a second document behind the payload", text -> text + "{}");
  }

  private void layouts(Vector good) throws IOException {
    var bare = new SignedLayout();
    family.refuse(good, NONE, "no signature", IMAGE, bare.list(bare.image("amd64")).tar());
    annotation(good, "not-base64", "a signature that is no base64", "*");
    annotation(good, "annotation-missing", "a layer without its signature", "");
    var twice = new SignedLayout();
    var image = twice.image("amd64");
    var one = List.of(layer(twice, signer, Bytes.utf8(payload(image))));
    twice.list(image).cosign(image, one).cosign(image, one);
    family.refuse(good, "cosign-tag-twice", "signatures in two places", IMAGE, twice.tar());
    var damaged = new SignedLayout();
    var whole = damaged.image("amd64");
    var layer = layer(damaged, signer, Bytes.utf8(payload(whole)));
    damaged.list(whole).cosign(whole, List.of(layer));
    damaged.damage(layer, Bytes.utf8(payload(whole).replace(NAME, "registry.example/abc")));
    family.refuse(
        good, "cosign-payload-changed", "a payload that is not its name's", IMAGE, damaged.tar());
    var many = new SignedLayout();
    var crowd = many.image("amd64");
    var each = layer(many, signer, Bytes.utf8(payload(crowd)));
    family.refuse(
        good,
        "cosign-too-many",
        "129 signatures",
        IMAGE,
        many.list(crowd).cosign(crowd, Collections.nCopies(129, each)).tar());
    content(good);
  }

  private void annotation(Vector good, String id, String comment, String signature)
      throws IOException {
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var payload = Bytes.utf8(payload(image));
    var layer =
        signature.isEmpty()
            ? layout.blob(CosignSignature.MEDIA_TYPE, payload)
            : layout.cosignLayer(payload, signature);
    layout.list(image).cosign(image, List.of(layer));
    family.refuse(good, "cosign-" + id, comment, IMAGE, layout.tar());
  }

  /** The signature is good; the image is not the signed one. */
  private void content(Vector good) throws IOException {
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    layout.list(image).cosign(image, List.of(layer(layout, signer, Bytes.utf8(payload(image)))));
    var content = new RawTar().file("bin/sh", "amd64").end();
    layout.damage(
        OciDescriptor.of(OciDescriptor.LAYER, content), new RawTar().file("bin/sh", "evil!").end());
    family.refuse(good, "cosign-layer-changed", "a layer changed", IMAGE, layout.tar());
  }

  private void platforms() throws IOException {
    var layout = new SignedLayout();
    var index = layout.platforms();
    var image = layout.image("arm64");
    layout.list(index);
    var whole = new SignedLayout();
    whole.list(whole.platforms());
    whole.cosign(index, List.of(layer(whole, signer, Bytes.utf8(payload(index)))));
    layout.cosign(image, List.of(layer(layout, signer, Bytes.utf8(payload(image)))));
    var all = accept("cosign-index", "the index of two platforms is signed", whole.tar(), CONTEXT);
    family.refuse(
        all,
        "cosign-index-by-platform",
        "one platform's manifest is signed, the index is not",
        IMAGE,
        layout.tar());
    var one =
        accept(
            "cosign-platform",
            "one platform's own manifest is signed, and asked for",
            layout.tar(),
            Map.of("as", "cosign", "reference", NAME, "platform", "linux/arm64"));
    family.refuseContext(
        one, "cosign-other-platform", "the other platform", "platform", "linux/riscv64");
    var confused = new SignedLayout();
    var real = confused.platforms();
    var called = OciDescriptor.of(OciDescriptor.MANIFEST, real.digest(), real.size());
    confused.list(called);
    confused.cosign(real, List.of(layer(confused, signer, Bytes.utf8(payload(real)))));
    family.refuse(
        all,
        "cosign-index-as-manifest",
        "an index that is called a manifest",
        IMAGE,
        confused.tar());
  }
}
