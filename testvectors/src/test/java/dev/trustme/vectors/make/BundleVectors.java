// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.artifact.SigstoreBundle;
import dev.trustme.bytes.Bytes;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Images with sigstore bundles. */
final class BundleVectors {
  private static final String IN_TOTO = "application/vnd.in-toto+json";

  private final FamilyMaker family;
  private final Identity signer;
  private final Identity stranger;

  BundleVectors(FamilyMaker family, Identity signer, Identity stranger) {
    this.family = family;
    this.signer = signer;
    this.stranger = stranger;
  }

  void make() throws IOException {
    family.file("sigstore.tar", layout(text -> text, text -> text));
    var good =
        family.accept(
            "sigstore",
            "a bundle that refers to the image",
            Map.of(ImageVectors.IMAGE, "sigstore.tar", "key", "signer.pem"),
            Map.of("as", "sigstore"));
    family.refuse(
        good, "sigstore-other-key", "the key of another signer", "key", ImageVectors.pem(stranger));
    statements(good);
    bundles(good);
    referrers(good);
  }

  private Bytes bundle(OciDescriptor image, UnaryOperator<String> statement) {
    var said = Bytes.utf8(statement.apply(SigstoreBundle.statement(image.digest()).utf8()));
    var signature = Envelopes.raw(signer, SigstoreBundle.signedBytes(said));
    return SigstoreBundle.of(said, signature, signer.key().info()).encode();
  }

  private Bytes layout(UnaryOperator<String> statement, UnaryOperator<String> bundle) {
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var content = Bytes.utf8(bundle.apply(bundle(image, statement).utf8()));
    return layout.list(image).sigstore(image, content).tar();
  }

  private static UnaryOperator<String> replace(String from, String to) {
    return text -> {
      if (!text.contains(from)) {
        throw new IllegalStateException(from + " is not in " + text);
      }
      return text.replace(from, to);
    };
  }

  private void statement(Vector good, String id, String comment, UnaryOperator<String> change)
      throws IOException {
    family.refuse(
        good, "sigstore-" + id, comment, ImageVectors.IMAGE, layout(change, text -> text));
  }

  private void bundle(Vector good, String id, String comment, UnaryOperator<String> change)
      throws IOException {
    family.refuse(
        good, "sigstore-" + id, comment, ImageVectors.IMAGE, layout(text -> text, change));
  }

  private void statements(Vector good) throws IOException {
    statement(
        good,
        "other-image",
        "signed, but about another manifest",
        text -> text.replaceFirst("[0-9a-f]{64}", "11".repeat(32)));
    statement(
        good,
        "statement-type",
        "a statement of another version",
        replace("Statement/v1", "Statement/v2"));
    statement(
        good,
        "predicate-type",
        "another attestation, which is no signature",
        replace(SigstoreBundle.PREDICATE, "https://slsa.dev/provenance/v1"));
    statement(
        good,
        "two-subjects",
        "two subjects, the image among them",
        text ->
            text.replaceFirst(
                "\"subject\":\\[(.*?)\\]", "\"subject\":[$1,{\"digest\":{\"sha256\":\"00\"}}]"));
    statement(
        good,
        "digest-algorithm",
        "the digest under another algorithm's name",
        replace("\"sha256\":", "\"sha512\":"));
    statement(
        good,
        "key-twice",
        "a key twice in the statement",
        replace("\"predicateType\"", "\"predicateType\":\"\",\"predicateType\""));
    statement(good, "trailing", "a second document behind the statement", text -> text + "[]");
  }

  private void bundles(Vector good) throws IOException {
    bundle(good, "bundle-version", "a bundle of another version", replace("v0.3", "v0.2"));
    bundle(
        good,
        "two-signatures",
        "two signatures, where the format has one",
        text -> text.replaceFirst("\"signatures\":\\[(.*?)\\]", "\"signatures\":[$1,$1]"));
    bundle(
        good,
        "log-entry",
        "an entry of a log, which nobody here holds against the image",
        replace("\"publicKey\"", "\"tlogEntries\":[],\"publicKey\""));
    bundle(
        good,
        "certificate",
        "a certificate in place of the key's name",
        replace("\"publicKey\"", "\"certificate\""));
    bundle(good, "after-bundle", "a second document behind the bundle", text -> text + "{}");
    bundle(
        good,
        "bundle-key-twice",
        "a key twice in the bundle",
        replace("\"payloadType\"", "\"payloadType\":\"\",\"payloadType\""));
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var said = SigstoreBundle.statement(image.digest());
    String other = "application/vnd.trustme.other+json";
    var signature = Envelopes.raw(signer, DsseEnvelope.preAuthenticationEncoding(other, said));
    var typed = SigstoreBundle.of(said, signature, signer.key().info()).encode().utf8();
    layout.list(image).sigstore(image, Bytes.utf8(typed.replace(IN_TOTO, other)));
    family.refuse(
        good,
        "sigstore-payload-type",
        "a signed payload of another type",
        ImageVectors.IMAGE,
        layout.tar());
  }

  private void referrers(Vector good) throws IOException {
    var elsewhere = new SignedLayout();
    var image = elsewhere.image("amd64");
    elsewhere.list(image).sigstore(elsewhere.image("arm64"), bundle(image, text -> text));
    family.refuse(
        good,
        "sigstore-refers-to-other",
        "a bundle about the image, which refers to another",
        ImageVectors.IMAGE,
        elsewhere.tar());
    var two = new SignedLayout();
    var same = two.image("amd64");
    var content = bundle(same, text -> text);
    two.list(same).sigstore(same, content, content);
    family.refuse(
        good, "sigstore-two-layers", "two bundles in one artifact", ImageVectors.IMAGE, two.tar());
  }
}
