// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.example;

import dev.trustme.artifact.DsseEnvelope;
import dev.trustme.attest.DeviceState;
import dev.trustme.attest.Judge;
import dev.trustme.attest.Judgement;
import dev.trustme.attest.KnownDevice;
import dev.trustme.attest.NonceAnswer;
import dev.trustme.attest.Policy;
import dev.trustme.attest.TrustAnchors;
import dev.trustme.attest.VerifiedDevice;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Evidence;
import dev.trustme.evidence.Nonce;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a service of your own judges devices: a judge is made once, and is then a step of whatever
 * hands evidence in. Challenges and states lie where you keep them; here, in memory.
 */
final class JudgingStream {
  private final Judge judge;
  private final Map<Nonce, NonceAnswer.Consumed> challenges = new ConcurrentHashMap<>();
  private final Map<DeviceId, DeviceState> states = new ConcurrentHashMap<>();

  /** Reads what devices are judged by, once. */
  JudgingStream(Path folder) throws IOException, FormatException {
    var policy = Policy.parse(read(folder.resolve("policy.yaml")));
    var anchors = TrustAnchors.load(policy, folder, List.of());
    var release = DsseEnvelope.parse(read(folder.resolve("release.json")));
    judge = Judge.of(policy, anchors, List.of(release), List.of());
  }

  private static Bytes read(Path file) throws IOException {
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  /** A nonce of this device was given out. */
  void gaveOut(NonceAnswer.Consumed challenge) {
    challenges.put(challenge.challenge().nonce(), challenge);
  }

  /** One step: evidence in, a decision out. Evidence of one device has to come one by one. */
  String decide(Bytes received, Instant now) {
    Evidence evidence;
    try {
      evidence = Evidence.parse(received);
    } catch (FormatException e) {
      return "malformed: " + e.getMessage();
    }
    // Removing the challenge is what uses it up: of two answers, one finds it.
    NonceAnswer nonce =
        Optional.<NonceAnswer>ofNullable(challenges.remove(evidence.nonce()))
            .orElseGet(NonceAnswer.Unknown::new);
    var last = Optional.ofNullable(states.get(evidence.device()));
    var known = new KnownDevice(nonce, last, Optional.empty());
    return switch (judge.judge(evidence, known, now)) {
      case Judgement.Malformed malformed -> "malformed: " + malformed.problem().getMessage();
      case Judgement.Judged judged -> told(judged.verdict());
    };
  }

  private String told(Verdict<VerifiedDevice> verdict) {
    return switch (verdict) {
      case Verdict.Rejected<VerifiedDevice> rejected ->
          "rejected: " + rejected.failures().getFirst().id();
      case Verdict.Accepted<VerifiedDevice> accepted -> {
        // Later evidence must come after this; without keeping it, a replay would not be noticed.
        states.put(accepted.value().device(), accepted.value().state());
        yield "accepted: " + accepted.value().release().manifest().name();
      }
    };
  }
}
