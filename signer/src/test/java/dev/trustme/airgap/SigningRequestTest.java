// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.airgap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.key.DeferredKey;
import dev.trustme.key.KeyType;
import dev.trustme.key.Subject;
import dev.trustme.sign.RoleKey;
import dev.trustme.sign.TestKeys;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Check;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SigningRequestTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:14:03Z");
  private static final RoleKey EC = TestKeys.selfSigned(KeyType.EC_P256, "ec");
  private static final RoleKey ED = TestKeys.selfSigned(KeyType.ED25519, "ed");

  private static DeferredKey key(Session session, RoleKey of, ArtifactKind kind) {
    return DeferredKey.of(of.key().publicKey(), kind, session.desk(of.chain())).orElseThrow();
  }

  private static SigningRequest request(RoleKey of, Bytes... messages) {
    var recorder = new SigningRecorder();
    for (Bytes message : messages) {
      var subject =
          new Subject(
              ArtifactKind.LAYER, "a\u001b[2Jb", HashAlgorithm.SHA256.digest(message), Map.of());
      var unused = key(recorder, of, ArtifactKind.LAYER).about(subject).sign(message);
    }
    return recorder.request(List.of("layer", "x"), AT, Instant.EPOCH);
  }

  private static List<String> reasons(SigningRequest request, SigningAnswer... answers)
      throws FormatException {
    return SigningReplay.of(request, SigningRequest.digest(request.encode()), List.of(answers))
        .failures()
        .stream()
        .map(Check::id)
        .toList();
  }

  private static SigningAnswer answer(SigningRequest request, RoleKey key) {
    var answering = new Answering(request);
    assertEquals(request.items().size(), answering.sign(ArtifactKind.LAYER, key).size());
    return answering.answer(SigningRequest.digest(request.encode()), AT);
  }

  @Test
  void readsWhatItWrites() throws Exception {
    var request = request(EC, Bytes.utf8("b"), Bytes.utf8("a"));
    assertEquals(request, SigningRequest.parse(request.encode()));
    var answer = answer(request, EC);
    assertEquals(answer, SigningAnswer.parse(answer.encode()));
    assertEquals(List.of(), reasons(request, answer));
  }

  @Test
  void theOrderIsNotThatOfTheThreads() {
    assertEquals(
        request(EC, Bytes.utf8("b"), Bytes.utf8("a")),
        request(EC, Bytes.utf8("a"), Bytes.utf8("b")));
  }

  @Test
  void keysThatSignTheMessageMakeItTravel() {
    var item = request(ED, Bytes.zeros(3 << 20)).items().getFirst();
    assertTrue(item.digest().isEmpty());
    assertEquals(3 << 20, item.input().size());
  }

  @Test
  void anotherDigestThanTheMessagesIsMalformed() {
    String json = request(EC, Bytes.utf8("roothash")).encode().utf8();
    String digest = HashAlgorithm.SHA256.digest(Bytes.utf8("roothash")).hex();
    String other = HashAlgorithm.SHA256.digest(Bytes.utf8("another")).hex();
    int at = json.indexOf("\"digest\"");
    String changed = json.substring(0, at) + json.substring(at).replace(digest, other);
    var e = assertThrows(FormatException.class, () -> SigningRequest.parse(Bytes.utf8(changed)));
    assertTrue(e.problem().contains("does not hash to the digest"), e.problem());
  }

  @Test
  void answersOfOthersAreNone() throws Exception {
    var request = request(EC, Bytes.utf8("a"));
    var good = answer(request, EC);
    var other = request(EC, Bytes.utf8("b"));
    assertEquals(List.of("answer-request"), reasons(request, answer(other, EC)));
    var digest = SigningRequest.digest(request.encode());
    var stranger = List.of(TestKeys.rsa().fingerprint());
    assertEquals(
        List.of("answer-certificate"),
        reasons(
            request,
            new SigningAnswer(SigningAnswer.SCHEMA, digest, AT, stranger, good.signatures())));
    var wrong = List.of(new SigningAnswer.Signed(0, ED.key().sign(Bytes.utf8("a"))));
    assertEquals(
        List.of("answer-signature"),
        reasons(
            request,
            new SigningAnswer(SigningAnswer.SCHEMA, digest, AT, good.certificates(), wrong)));
    var beyond = List.of(new SigningAnswer.Signed(1, good.signatures().getFirst().signature()));
    assertEquals(
        List.of("answer-item"),
        reasons(
            request,
            new SigningAnswer(SigningAnswer.SCHEMA, digest, AT, good.certificates(), beyond)));
  }

  @Test
  void whatIsShownCannotMoveTheCursorAndTellsThePayload() throws Exception {
    var payload = Bytes.utf8("{\"name\":\"web\",\"version\":9}");
    var pae = DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.CONTAINER, payload);
    var lines = String.join("\n", new RequestWords(request(EC, pae)).item(0));
    assertTrue(lines.contains("a?[2Jb"), lines);
    assertTrue(lines.contains(DsseEnvelope.CONTAINER), lines);
    assertTrue(lines.contains("version = 9"), lines);
    var confused = Bytes.utf8(pae.utf8().replace(" 26 ", " 27 "));
    var words = String.join("\n", new RequestWords(request(EC, confused)).item(0));
    assertTrue(words.contains("broken"), words);
  }

  @Test
  void whatWasNotAnsweredSpoilsTheRun() throws Exception {
    var request = request(EC, Bytes.utf8("a"));
    var verdict =
        SigningReplay.of(
            request, SigningRequest.digest(request.encode()), List.of(answer(request, EC)));
    var replay = ((dev.trustme.trust.Verdict.Accepted<SigningReplay>) verdict).value();
    var unused = key(replay, EC, ArtifactKind.LAYER).sign(Bytes.utf8("a"));
    assertTrue(replay.problem().isEmpty());
    assertEquals(List.of(), replay.unused());
    var key = key(replay, EC, ArtifactKind.LAYER);
    assertThrows(UncheckedIOException.class, () -> key.sign(Bytes.utf8("b")));
    assertTrue(replay.problem().orElseThrow().contains("changed since"));
  }
}
