// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.artifact.JwsAlgorithm;
import dev.trustme.artifact.NotationSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.oci.OciDescriptor;
import dev.trustme.trust.Role;
import dev.trustme.trust.Scope;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.bouncycastle.cert.X509CertificateHolder;

/** Images with the Notary Project's signatures. */
final class NotationVectors {
  private static final String ALGORITHM = "\"alg\":\"ES256\"";
  private static final String AT = "2026-11-23T12:00:00Z";
  private static final String CRITICAL = "\"crit\":[\"io.cncf.notary.signingScheme\"]";

  private final FamilyMaker family;
  private final Identity root;
  private final Identity signer;

  NotationVectors(FamilyMaker family, Identity root, Identity signer) {
    this.family = family;
    this.root = root;
    this.signer = signer;
  }

  /** What is done to the parts before they are signed, and to the envelope after it. */
  private record Change(
      UnaryOperator<String> header, UnaryOperator<String> payload, UnaryOperator<String> envelope) {
    static final Change NONE = new Change(text -> text, text -> text, text -> text);

    static Change header(String from, String to) {
      return new Change(replace(from, to), text -> text, text -> text);
    }

    static Change payload(UnaryOperator<String> change) {
      return new Change(text -> text, change, text -> text);
    }

    static Change envelope(UnaryOperator<String> change) {
      return new Change(text -> text, text -> text, change);
    }
  }

  void make() throws IOException {
    family.file("notation.tar", layout(signer, root, Change.NONE));
    var good =
        family.accept(
            "notation",
            "a signature that refers to the image",
            Map.of(ImageVectors.IMAGE, "notation.tar", "roots", "roots.pem"),
            Map.of("as", "notation", "at", AT));
    headers(good);
    payloads(good);
    envelopes(good);
    signers(good);
    authorities();
  }

  private static UnaryOperator<String> replace(String from, String to) {
    return text -> {
      if (!text.contains(from)) {
        throw new IllegalStateException(from + " is not in " + text);
      }
      return text.replace(from, to);
    };
  }

  private static Bytes layout(Identity by, Identity issuer, Change change) {
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    return layout.list(image).notation(image, signature(image, by, issuer, change)).tar();
  }

  private static Bytes signature(OciDescriptor image, Identity by, Identity issuer, Change change) {
    List<X509CertificateHolder> chain = List.of(by.certificate(), issuer.certificate());
    var plain = NotationSignature.unsigned(image, JwsAlgorithm.ES256, SeededPki.START, chain);
    var changed =
        new NotationSignature(
            decoded(plain.payload(), change.payload()),
            decoded(plain.protectedHeader(), change.header()),
            plain.header(),
            "");
    var value = JwsAlgorithm.ES256.fromDer(Envelopes.raw(by, changed.signedBytes()));
    return Bytes.utf8(change.envelope().apply(changed.signed(value).encode().utf8()));
  }

  private static String decoded(String part, UnaryOperator<String> change) {
    var text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(change.apply(text).getBytes(StandardCharsets.UTF_8));
  }

  private void refuse(Vector good, String id, String comment, Change change) throws IOException {
    refuse(good, id, comment, layout(signer, root, change));
  }

  private void refuse(Vector good, String id, String comment, Bytes layout) throws IOException {
    family.refuse(good, "notation-" + id, comment, ImageVectors.IMAGE, layout);
  }

  private void headers(Vector good) throws IOException {
    for (String other : List.of("none", "HS256", "ES384", "PS256")) {
      refuse(
          good,
          "alg-" + other.toLowerCase(java.util.Locale.ROOT),
          "the header says another algorithm than the key's: " + other,
          Change.header(ALGORITHM, "\"alg\":\"%s\"".formatted(other)));
    }
    refuse(
        good,
        "crit-unknown",
        "something critical that nobody knows",
        Change.header(CRITICAL, CRITICAL.replace("[", "[\"io.cncf.notary.expiry\",")));
    refuse(good, "crit-empty", "nothing is critical", Change.header(CRITICAL, "\"crit\":[]"));
    refuse(
        good,
        "content-type",
        "a payload of another type",
        Change.header("payload.v1", "payload.v2"));
    refuse(
        good,
        "scheme",
        "another signing scheme",
        Change.header(":\"notary.x509\"", ":\"notary.x509.signingAuthority\""));
    refuse(
        good,
        "alg-twice",
        "the algorithm twice",
        Change.header(ALGORITHM, ALGORITHM + "," + ALGORITHM));
  }

  private void payloads(Vector good) throws IOException {
    refuse(
        good,
        "other-image",
        "signed, but about another manifest",
        Change.payload(text -> text.replaceFirst("[0-9a-f]{64}", "22".repeat(32))));
    refuse(
        good,
        "other-size",
        "the manifest's size is another one",
        Change.payload(text -> text.replaceFirst("\"size\":\\d+", "\"size\":7")));
    refuse(
        good,
        "as-index",
        "the manifest is said to be an index",
        Change.payload(replace(OciDescriptor.MANIFEST, OciDescriptor.INDEX)));
    refuse(
        good,
        "target-twice",
        "two targets under one key",
        Change.payload(text -> text.replaceFirst("(\"targetArtifact\":\\{.*?\\})", "$1,$1")));
    refuse(good, "trailing", "a second document in the payload", Change.payload(t -> t + "{}"));
  }

  private void envelopes(Vector good) throws IOException {
    refuse(
        good,
        "payload-altered",
        "the payload changed after it was signed",
        Change.envelope(text -> {
          var part = Pattern.compile("\"payload\":\"([^\"]*)\"").matcher(text);
          return part.replaceFirst(found ->
              "\"payload\":\"%s\""
                  .formatted(decoded(found.group(1), t -> t.replace("\"size\":", "\"size\":1"))));
        }));
    refuse(
        good,
        "signature-short",
        "r and s are not of the curve's size",
        Change.envelope(
            text -> text.replaceFirst("\"signature\":\"[^\"]*\"", "\"signature\":\"AAAA\"")));
    refuse(
        good,
        "padded",
        "base64url with padding",
        Change.envelope(
            text -> text.replaceFirst("\"signature\":\"([^\"]*)\"", "\"signature\":\"$1==\"")));
    refuse(
        good,
        "general-form",
        "the general form, with room for several signatures",
        Change.envelope(replace("\"signature\":", "\"signatures\":[],\"signature\":")));
    refuse(good, "after-envelope", "a second document", Change.envelope(text -> text + "{}"));
    var layout = new SignedLayout();
    var image = layout.image("amd64");
    var signature = signature(image, signer, root, Change.NONE);
    layout.list(image).notation(layout.image("arm64"), signature);
    refuse(good, "refers-to-other", "about the image, but refers to another", layout.tar());
  }

  private void signers(Vector good) throws IOException {
    var boot = SeededPki.issue(root, Plan.leaf("image boot", 13, Role.BOOT));
    refuse(good, "role", "a signer of another role", layout(boot, root, Change.NONE));
    var elsewhere = SeededPki.root(Plan.authority("image elsewhere", 2));
    var stranger = SeededPki.issue(elsewhere, Plan.leaf("image other", 14, Role.CONTAINER));
    refuse(good, "anchor", "a signer below another root", layout(stranger, elsewhere, Change.NONE));
    var scoped =
        SeededPki.issue(
            root,
            Plan.authority("image customer", 3)
                .with(new Scope("globex", Set.of(Role.CONTAINER)).extension()));
    var customer = SeededPki.issue(scoped, Plan.leaf("image of customer", 15, Role.CONTAINER));
    refuse(good, "customer", "a customer's signer", layout(customer, scoped, Change.NONE));
    family.refuseContext(
        good, "notation-expired", "the certificates have run out", "at", "2047-01-01T00:00:00Z");
    family.refuseContext(
        good, "notation-early", "before the certificates hold", "at", "2025-01-01T00:00:00Z");
  }

  /** The issuing authority ends while its signer's certificate still holds. */
  private void authorities() throws IOException {
    var plan = Plan.authority("image authority", 4);
    var authority = SeededPki.issue(root, plan);
    var below = SeededPki.issue(authority, Plan.leaf("image below", 16, Role.CONTAINER));
    family.file("notation-authority.tar", layout(below, authority, Change.NONE));
    var good =
        family.accept(
            "notation-authority",
            "a signer below an issuing authority",
            Map.of(ImageVectors.IMAGE, "notation-authority.tar", "roots", "roots.pem"),
            Map.of("as", "notation", "at", AT));
    var ended = SeededPki.issueUntil(root, plan, Instant.parse("2026-06-01T00:00:00Z"));
    refuse(
        good,
        "authority-expired",
        "the issuing authority has run out, its signer has not",
        layout(below, ended, Change.NONE));
  }
}
