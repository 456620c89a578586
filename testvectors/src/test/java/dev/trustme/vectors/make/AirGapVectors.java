// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.airgap.RequestItem;
import dev.trustme.airgap.SigningAnswer;
import dev.trustme.airgap.SigningRequest;
import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Role;
import dev.trustme.vectors.Vector;
import dev.trustme.vectors.make.SeededPki.Identity;
import dev.trustme.vectors.make.SeededPki.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What travels to the machine with the keys, and what comes back. */
final class AirGapVectors {
  private static final String OURS = "made by this project with throw-away keys; Apache-2.0";
  private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
  private static final String REQUEST = "request";
  private static final String ANSWER = "answer";

  private final FamilyMaker family;
  private final Identity signer =
      SeededPki.root(Plan.leaf("air gap layer", 21, Role.LAYER, Role.CONTAINER));
  private final Identity other = SeededPki.root(Plan.leaf("air gap other", 22, Role.LAYER));
  private final Bytes rootHash = Bytes.utf8("5f".repeat(32));
  private final Bytes manifest =
      DsseEnvelope.preAuthenticationEncoding(
          DsseEnvelope.CONTAINER, Bytes.utf8("{\"name\":\"web\",\"version\":9}"));

  AirGapVectors(Path root) throws IOException {
    family = new FamilyMaker(root, "airgap", OURS);
  }

  void make() throws IOException {
    var request = request().encode();
    family.file("request.json", request).file("answer.json", answer(request).encode());
    var good =
        family.accept(
            "good",
            "two signatures asked for and given",
            Map.of(REQUEST, "request.json", ANSWER, "answer.json"),
            Map.of());
    requests(good);
    items(good);
    answers(good, request);
    texts(good, request);
    family.write();
  }

  private RequestItem item(ArtifactKind kind, String name, Bytes message) {
    return new RequestItem(
        0,
        kind.label(),
        Optional.of(
            new RequestItem.About(
                name, HashAlgorithm.SHA256.digest(Bytes.utf8(name)), Map.of("form", "vector"))),
        "ecdsa-sha256",
        Optional.of(HashAlgorithm.SHA256.digest(message)),
        Optional.of(message));
  }

  private SigningRequest request() {
    return new SigningRequest(
        SigningRequest.SCHEMA,
        AT,
        Instant.EPOCH,
        List.of("container", "web-oci"),
        List.of(new SigningRequest.Signer(List.of(Certificates.der(signer.certificate())))),
        List.of(
            item(ArtifactKind.LAYER, "layer.img", rootHash),
            item(ArtifactKind.CONTAINER_MANIFEST, "web 9", manifest)));
  }

  private static Digest fingerprint(Identity identity) {
    return Certificates.fingerprint(identity.certificate());
  }

  private SigningAnswer answer(Bytes request) {
    return new SigningAnswer(
        SigningAnswer.SCHEMA,
        SigningRequest.digest(request),
        AT,
        List.of(fingerprint(signer)),
        List.of(signed(0, signer, rootHash), signed(1, signer, manifest)));
  }

  private static SigningAnswer.Signed signed(int item, Identity by, Bytes message) {
    return new SigningAnswer.Signed(item, Envelopes.raw(by, message));
  }

  private static UnaryOperator<String> replace(String from, String to) {
    return text -> {
      if (!text.contains(from)) {
        throw new IllegalStateException(from + " is not in " + text);
      }
      return text.replaceFirst(java.util.regex.Pattern.quote(from), to);
    };
  }

  private void request(Vector good, String id, String comment, UnaryOperator<String> change)
      throws IOException {
    var changed = Bytes.utf8(change.apply(request().encode().utf8()));
    family.refuse(good, "request-" + id, comment, REQUEST, changed);
  }

  private void requests(Vector good) throws IOException {
    request(good, "schema", "another schema", replace("signing-request/1", "signing-request/2"));
    request(good, "edited", "an argument of the command changed", replace("web-oci", "evil-oci"));
    request(
        good,
        "command-empty",
        "no command",
        text -> text.replaceFirst("(?s)\"command\" : \\[[^]]*]", "\"command\" : [ ]"));
    request(
        good,
        "no-signers",
        "no signer",
        text ->
            text.replaceFirst("(?s)\"signers\" : \\[.*?],(\\s*\"items\")", "\"signers\" : [ ],$1"));
    request(
        good,
        "no-items",
        "nothing is asked for",
        text -> text.replaceFirst("(?s)\"items\" : \\[.*]", "\"items\" : [ ]"));
    request(
        good,
        "chain-empty",
        "a signer without a certificate",
        text -> text.replaceFirst("(?s)\"chain\" : \\[[^]]*]", "\"chain\" : [ ]"));
  }

  private void items(Vector good) throws IOException {
    request(
        good,
        "signer-unlisted",
        "a signer that is not listed",
        replace("\"signer\" : 0", "\"signer\" : 1"));
    request(
        good, "signer-negative", "a signer below 0", replace("\"signer\" : 0", "\"signer\" : -1"));
    request(
        good,
        "kind",
        "a kind of artefact that nobody signs",
        replace("\"kind\" : \"layer\"", "\"kind\" : \"cheque\""));
    request(
        good, "algorithm", "an algorithm that nobody knows", replace("ecdsa-sha256", "ecdsa-sha1"));
    request(
        good,
        "algorithm-of-other-key",
        "an algorithm that is not the key's",
        replace("ecdsa-sha256", "rsa-pkcs1-sha256"));
    request(
        good,
        "digest-of-other",
        "the digest is not that of the message which is shown",
        replace(HashAlgorithm.SHA256.digest(rootHash).hex(), "33".repeat(32)));
    request(
        good,
        "digest-kind",
        "a digest of another kind than the algorithm signs",
        text ->
            text.replaceFirst(
                "\"digest\" : \"sha256:[0-9a-f]{64}\"",
                "\"digest\" : \"sha512:" + "00".repeat(64) + "\""));
  }

  private void answers(Vector good, Bytes request) throws IOException {
    var right = answer(request);
    refuse(
        good,
        "other-request",
        "the answer to another request",
        new SigningAnswer(
            SigningAnswer.SCHEMA,
            SigningRequest.digest(rootHash),
            AT,
            right.certificates(),
            right.signatures()));
    refuse(
        good,
        "other-certificate",
        "the answer names another signer",
        new SigningAnswer(
            SigningAnswer.SCHEMA,
            right.request(),
            AT,
            List.of(fingerprint(other)),
            right.signatures()));
    with(good, right, "other-key", "a signature by another key", signed(0, other, rootHash));
    with(
        good,
        right,
        "item-beyond",
        "a signature for an item that was not asked for",
        signed(2, signer, manifest));
    refuse(
        good,
        "swapped",
        "the signatures of two artefacts exchanged",
        new SigningAnswer(
            SigningAnswer.SCHEMA,
            right.request(),
            AT,
            right.certificates(),
            List.of(signed(0, signer, manifest), signed(1, signer, rootHash))));
  }

  private void with(
      Vector good, SigningAnswer right, String id, String comment, SigningAnswer.Signed one)
      throws IOException {
    refuse(
        good,
        id,
        comment,
        new SigningAnswer(
            SigningAnswer.SCHEMA, right.request(), AT, right.certificates(), List.of(one)));
  }

  private void refuse(Vector good, String id, String comment, SigningAnswer answer)
      throws IOException {
    family.refuse(good, "answer-" + id, comment, ANSWER, answer.encode());
  }

  private void texts(Vector good, Bytes request) throws IOException {
    text(
        good, request, "schema", "another schema", replace("signing-answer/1", "signing-answer/0"));
    text(good, request, "item-twice", "one item twice", replace("\"item\" : 1", "\"item\" : 0"));
    text(
        good,
        request,
        "empty",
        "no signature",
        text -> text.replaceFirst("(?s)\"signatures\" : \\[.*]", "\"signatures\" : [ ]"));
    text(
        good,
        request,
        "digest-kind",
        "the request by another digest",
        text ->
            text.replaceFirst(
                "\"request\" : \"sha256:[0-9a-f]{64}\"",
                "\"request\" : \"sha512:" + "00".repeat(64) + "\""));
    text(
        good,
        request,
        "command",
        "an answer that brings a command along",
        replace("\"created\"", "\"command\" : [ \"efi\" ], \"created\""));
    text(good, request, "trailing", "a second document", text -> text + "{}");
    text(
        good,
        request,
        "key-twice",
        "the request named twice",
        replace("\"created\"", "\"request\" : \"\", \"created\""));
  }

  private void text(
      Vector good, Bytes request, String id, String comment, UnaryOperator<String> change)
      throws IOException {
    var changed = Bytes.utf8(change.apply(answer(request).encode().utf8()));
    family.refuse(good, "answer-" + id, comment, ANSWER, changed);
  }
}
